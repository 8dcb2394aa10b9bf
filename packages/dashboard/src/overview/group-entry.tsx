import { useState } from "preact/hooks";
import { ago, count, moment, money, ruleWords } from "../parts/format.ts";
import { sessionPath } from "../parts/router.ts";
import { type LoopGroup, say } from "../server/overview/overview.ts";
import { Comments } from "./comments.tsx";

const MUTE_HOURS = [
  [1, "1 hour"],
  [8, "8 hours"],
  [24, "1 day"],
  [168, "7 days"],
  [720, "30 days"],
] as const;

interface Properties {
  readonly group: LoopGroup;
  readonly onChange: () => void;
}

/** One group of loops: what comes back, how often, what it cost, and what to do about it. */
export function GroupEntry({ group, onChange }: Properties) {
  const { tools, agent, sessions, loops, cost_usd: cost } = group;
  const [failure, setFailure] = useState<string>();
  const act = (...said: Parameters<typeof say>) =>
    say(...said).then(
      () => {
        setFailure(undefined);
        onChange();
      },
      (problem: Error) => setFailure(problem.message),
    );
  const nowMs = Date.now();
  const name = tools.length === 0 ? "turns without a tool" : tools.join(" · ");
  return (
    <li>
      <div class="line">
        <State group={group} />
        <b class="named">
          <bdi>{name}</bdi>
        </b>
        <span class="quiet">{ruleWords(group)}</span>
        <span class="spread" />
        <Trend values={group.trend} />
      </div>
      <div class="line">
        {agent !== "" && (
          <span>
            <span class="quiet">agent</span> <bdi>{agent}</bdi>
          </span>
        )}
        <span>
          {count(loops)} {loops === 1 ? "time" : "times"} in {count(sessions)}{" "}
          {sessions === 1 ? "session" : "sessions"}
        </span>
        <span>{cost === null ? "cost not known" : money(cost)}</span>
        <span class="quiet">
          first {ago(Date.parse(group.first_seen), nowMs)}, last{" "}
          {ago(Date.parse(group.last_seen), nowMs)}
        </span>
        {group.latest_session !== null && (
          <a href={sessionPath(group.latest_session)}>
            latest session<span class="hidden"> with {name}</span>
          </a>
        )}
        <span class="spread" />
        {group.state === "open" && (
          <button type="button" onClick={() => act(group.id, "acknowledge")}>
            Acknowledge<span class="hidden"> {name}</span>
          </button>
        )}
        {group.state === "muted" ? (
          <button type="button" onClick={() => act(group.id, "mute", { hours: 0 })}>
            Unmute<span class="hidden"> {name}</span>
          </button>
        ) : (
          <select
            aria-label={`Mute ${name}`}
            value=""
            onChange={({ currentTarget }) => {
              const hours = Number(currentTarget.value);
              currentTarget.value = "";
              if (hours > 0) void act(group.id, "mute", { hours });
            }}
          >
            <option value="">Mute for…</option>
            {MUTE_HOURS.map(([hours, words]) => (
              <option key={hours} value={hours}>
                {words}
              </option>
            ))}
          </select>
        )}
      </div>
      <Comments group={group} name={name} act={act} />
      {failure !== undefined && (
        <p class="bad" role="alert">
          {failure}
        </p>
      )}
    </li>
  );
}

function State({ group }: { readonly group: LoopGroup }) {
  const { state, muted_until: until, said_by: by, said_at: at } = group;
  const who = by !== null && at !== null ? `${by}, ${moment(Date.parse(at))}` : undefined;
  if (state === "muted") {
    return (
      <span class="card-state quiet" title={who}>
        muted until {until === null ? "" : moment(Date.parse(until))}
      </span>
    );
  }
  if (state === "open") return <span class="card-state bad">open</span>;
  return (
    <span class="card-state good" title={who}>
      acknowledged
    </span>
  );
}

const WIDTH = 84;
const HEIGHT = 20;

/** Loops of the last days as bars, today at the right. */
function Trend({ values }: { readonly values: readonly number[] }) {
  const most = Math.max(1, ...values);
  const step = WIDTH / Math.max(1, values.length);
  const sum = values.reduce((all, value) => all + value, 0);
  return (
    <svg
      class="trend"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={`${count(sum)} in the last ${values.length} days`}
    >
      {values.map((value, at) => {
        const height = value === 0 ? 1 : Math.max(2, (value / most) * HEIGHT);
        return <rect key={at} x={at * step} y={HEIGHT - height} width={step - 1} height={height} />;
      })}
    </svg>
  );
}
