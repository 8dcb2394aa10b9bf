import { count, money, share } from "../parts/format.ts";
import {
  BREAKDOWNS,
  type Breakdown,
  type NamedFigures,
  type Overview,
} from "../server/overview/overview.ts";

const TITLES: Readonly<Record<Breakdown, string>> = {
  workflow: "By workflow",
  agent: "By agent",
  client: "By client",
  server: "By server",
  tool: "By tool",
};
/** Of a tool or server nobody says what it cost: that belongs to turns of the model. */
const HAVE_COST: ReadonlySet<Breakdown> = new Set(["workflow", "agent", "client"]);

interface Properties {
  readonly by: Overview["by"];
  readonly isNarrowed: boolean;
}

/** Where loops are, those with the most steps in loops first. */
export function Breakdowns({ by, isNarrowed }: Properties) {
  const shown = BREAKDOWNS.filter((kind) => by[kind].names.length > 0);
  return (
    <>
      {isNarrowed && shown.length > 0 && (
        <p class="quiet">The tables below are over all sessions of these days.</p>
      )}
      <div class="breakdowns">
        {shown.map((kind) => (
          <Table key={kind} kind={kind} {...by[kind]} />
        ))}
      </div>
    </>
  );
}

interface TableProperties {
  readonly kind: Breakdown;
  readonly names: readonly NamedFigures[];
  readonly more: boolean;
}

function Table({ kind, names, more }: TableProperties) {
  const hasCost = HAVE_COST.has(kind);
  const of = kind === "tool" || kind === "server" ? "calls" : "steps";
  return (
    <section class="panel padded" aria-label={TITLES[kind]}>
      <h2>{TITLES[kind]}</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section class="scrolls" aria-label={`${TITLES[kind]}, a table`} tabIndex={0}>
        <table class="figures narrow">
          <thead>
            <tr>
              <th scope="col">{kind}</th>
              <th scope="col">sessions</th>
              <th scope="col">with a loop</th>
              <th scope="col">{of} in loops</th>
              {hasCost && <th scope="col">cost in loops</th>}
            </tr>
          </thead>
          <tbody>
            {names.map((figures) => (
              <tr key={figures.name}>
                <th scope="row">
                  <a href={nameAddress(kind, figures.name)}>
                    <bdi>{figures.name}</bdi>
                  </a>
                </th>
                <td>{count(figures.sessions)}</td>
                <td>{share(figures.looping_sessions, figures.sessions)}</td>
                <td>
                  <Share part={figures.loop_steps} whole={figures.steps} />
                </td>
                {hasCost && <td>{costOf(figures)}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {more && (
        <p class="quiet">
          These {count(names.length)} have the most {of} in loops; there are more.
        </p>
      )}
    </section>
  );
}

function Share({ part, whole }: { readonly part: number; readonly whole: number }) {
  const width = whole > 0 ? (100 * part) / whole : 0;
  return (
    <span class="share">
      <meter min={0} max={100} value={width} aria-hidden="true" />
      {share(part, whole)}
    </span>
  );
}

function costOf({ cost_usd: cost }: NamedFigures): string {
  if (cost === null) return "not known";
  return `${money(cost.in_loops)} of ${money(cost.total)}`;
}

/** The same days, narrowed to one name. */
function nameAddress(kind: Breakdown, name: string): string {
  const query = new URLSearchParams(location.search);
  query.set("kind", kind);
  query.set("name", name);
  return `/overview?${query}`;
}
