import { count, share } from "../parts/format.ts";
import type { Figures } from "../server/overview/overview.ts";

interface Properties {
  readonly total: Figures;
}

/** Calls that did not do what they were asked for. */
export function CameToNothing({ total: { denied, unanswered, failures } }: Properties) {
  return (
    <section class="panel padded" aria-label="Calls that came to nothing">
      <h2>Calls that came to nothing</h2>
      <dl>
        <dt>refused or denied</dt>
        <dd>{count(denied)}</dd>
        <dt>without an answer</dt>
        <dd>{count(unanswered)}</dd>
        <dt>failed in any way</dt>
        <dd>{count(failures)}</dd>
      </dl>
      <p class="quiet">
        Without an answer are calls that were abandoned, and those that still wait. Refused ones are
        among those that failed.
      </p>
    </section>
  );
}

/** What happened and was not seen, as far as that is known. */
export function BlindSpots({ total }: Properties) {
  const { sessions, dropped, dropped_sessions: droppedIn, partial_sessions: partial } = total;
  return (
    <section class="panel padded" aria-label="Blind spots">
      <h2>Blind spots</h2>
      <ul class="plain-list">
        <li>
          {dropped === 0 ? (
            "No writer says that it lost an event."
          ) : (
            <>
              <b class="warn">{count(dropped)} events were lost</b> in {count(droppedIn)} sessions,
              as their writers say.
            </>
          )}
        </li>
        <li>
          {partial === 0 ? (
            "Of every session some writer sees the whole."
          ) : (
            <>
              <b class="warn">
                {count(partial)} sessions ({share(partial, sessions)}) are seen in part
              </b>
              : by relays of single servers or clients. What their agents did elsewhere is not here.
            </>
          )}
        </li>
        <li class="quiet">
          Which hosts are untested, and which servers no relay stands before, is known on each
          machine: <code>caum doctor</code>.
        </li>
      </ul>
    </section>
  );
}
