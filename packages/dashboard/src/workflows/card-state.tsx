import { count, moment } from "../parts/format.ts";
import { sessionPath } from "../parts/router.ts";
import type { Card, CardState, Moved } from "../server/workflows.ts";
import { briefly, channelWords, unitWords, written } from "./moved-words.ts";

const STATES: Readonly<Record<CardState, readonly [words: string, look: string]>> = {
  learning: ["Learning", "quiet"],
  quiet: ["Quiet", "good"],
  drift_watch: ["Drift watch", "warn"],
  high_review: ["High review", "bad"],
};
const NAMED = 3;

/** The gravest first. */
export function gravityOf(card: Card | undefined): number {
  return card === undefined ? -1 : Object.keys(STATES).indexOf(card.state);
}

export function StateMark({ card }: { readonly card: Card | undefined }) {
  if (card === undefined) return null;
  const [words, look] = STATES[card.state];
  return <b class={`card-state ${look}`}>{words}</b>;
}

/** What stands behind the state, in words. */
export function StateWords({ card }: { readonly card: Card | undefined }) {
  if (card === undefined) return <span class="quiet">nothing is said of it yet</span>;
  const { state, moved, baseline, latest } = card;
  if (state === "learning") {
    return (
      <span class="quiet">
        {count(baseline.missing)} more {baseline.missing === 1 ? "session is" : "sessions are"}{" "}
        needed before later ones are compared
      </span>
    );
  }
  if (moved.length === 0) {
    return (
      <span class="quiet">
        the latest {count(latest)} sessions are as the {count(baseline.sessions)} before
      </span>
    );
  }
  const rest = moved.length - NAMED;
  return (
    <bdi>
      {moved.slice(0, NAMED).map(briefly).join(", ")}
      {rest > 0 && `, and ${rest} more`}
    </bdi>
  );
}

/** What moved, how much and since when. */
export function MovedList({ card }: { readonly card: Card | undefined }) {
  return (
    <section class="panel padded" aria-label="What moved">
      <div class="line">
        <h2>What moved</h2>
        <span class="spread" />
        <StateMark card={card} />
      </div>
      {card !== undefined && card.moved.length > 0 ? (
        <ul class="plain-list entries">
          {card.moved.map((moved) => (
            <Line key={`${moved.channel} ${moved.name}`} moved={moved} />
          ))}
        </ul>
      ) : (
        <p>
          <StateWords card={card} />
        </p>
      )}
      {card !== undefined && card.baseline.sessions > 0 && card.state !== "learning" && (
        <p class="quiet">
          The latest {count(card.latest)} sessions beside {count(card.baseline.sessions)} that are
          normal. That something moved says nothing of why, or whether it is worse.
        </p>
      )}
    </section>
  );
}

function Line({ moved }: { readonly moved: Moved }) {
  const { name, unit, direction, from, to, since, sessions, sinceBetween } = moved;
  const [earliest, latest] = sinceBetween;
  return (
    <li>
      <div class="line">
        <b>
          <span aria-hidden="true">{direction === "up" ? "▲" : "▼"} </span>
          <span class="hidden">{direction === "up" ? "more: " : "less: "}</span>
          {channelWords(moved)}
          {name !== undefined && (
            <>
              {" "}
              <bdi>{name}</bdi>
            </>
          )}
        </b>
        <span class="spread" />
        <span>
          {written(from, unit)} → {written(to.value, unit)}{" "}
          <span class="quiet">{unitWords(unit)}</span>
        </span>
      </div>
      <div class="line quiet">
        <span>
          now {written(to.low, unit)} to {written(to.high, unit)}, in {count(sessions)} sessions
        </span>
        <span class="spread" />
        <span>
          since {moment(since.startedMs)}
          {latest > earliest && `, or one of ${count(latest - earliest + 1)} sessions around it`}
        </span>
        {since.sessionId !== undefined && (
          <a href={sessionPath(since.sessionId)}>
            first session<span class="hidden"> with another {channelWords(moved)}</span>
          </a>
        )}
      </div>
    </li>
  );
}
