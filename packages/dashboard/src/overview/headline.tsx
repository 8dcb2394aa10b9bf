import type { ComponentChildren } from "preact";
import { ago, count, money, share, short } from "../parts/format.ts";
import { sessionPath } from "../parts/router.ts";
import type { Figures, Overview } from "../server/overview/overview.ts";

interface Properties {
  readonly total: Figures;
  readonly now: Overview["now"];
}

/** The four figures that a person looks for first. */
export function Headline({ total, now }: Properties) {
  const { sessions, looping_sessions: looping, steps, loop_steps: loopSteps } = total;
  return (
    <div class="headline">
      <Figure
        title="Loops now"
        value={`${count(now.count)}${now.more ? "+" : ""}`}
        look={now.count > 0 ? "bad" : ""}
      >
        {now.count === 0 ? "No session turns in circles at the moment." : <Now now={now} />}
      </Figure>
      <Figure title="Sessions with a loop" value={share(looping, sessions)}>
        {count(looping)} of {count(sessions)} sessions
      </Figure>
      <Figure title="Steps in loops" value={share(loopSteps, steps)}>
        {count(loopSteps)} of {count(steps)} steps
      </Figure>
      <Figure title="Cost in loops" value={costShare(total)}>
        <Spent total={total} />
      </Figure>
    </div>
  );
}

interface FigureProperties {
  readonly title: string;
  readonly value: string;
  readonly look?: string;
  readonly children: ComponentChildren;
}

function Figure({ title, value, look = "", children }: FigureProperties) {
  return (
    <section class="panel padded" aria-label={title}>
      <h2>{title}</h2>
      <p class={`big ${look}`}>{value}</p>
      <div class="quiet">{children}</div>
    </section>
  );
}

function costShare({ cost_usd: cost }: Figures): string {
  return cost === null ? "not known" : share(cost.in_loops, cost.total);
}

function Spent({ total: { sessions, cost_usd: cost, tokens } }: { readonly total: Figures }) {
  return (
    <>
      {cost === null
        ? "No session says what it cost."
        : `${money(cost.in_loops)} of ${money(cost.total)}${knownIn(cost.known, sessions)}.`}{" "}
      {tokens !== null &&
        `${short(tokens.in_loops)} of ${short(tokens.total)} tokens${knownIn(tokens.known, sessions)}.`}
    </>
  );
}

function knownIn(known: number, sessions: number): string {
  return known < sessions ? `, told in ${count(known)} of ${count(sessions)} sessions` : "";
}

function Now({ now: { sessions, count: all } }: Pick<Properties, "now">) {
  const nowMs = Date.now();
  return (
    <ul class="plain-list">
      {sessions.map(({ session_id: id, title, loop_steps: steps, last_seen: seen }) => (
        <li key={id}>
          <a href={sessionPath(id)}>
            <bdi>{title}</bdi>
          </a>
          , {count(steps)} steps, {ago(Date.parse(seen), nowMs)}
        </li>
      ))}
      {all > sessions.length && <li>and {count(all - sessions.length)} more</li>}
    </ul>
  );
}
