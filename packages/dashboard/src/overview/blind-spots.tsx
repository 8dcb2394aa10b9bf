import { count, share } from "../parts/format.ts";
import type { BlindSpot, Figures } from "../server/overview/overview.ts";

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

/** What a writer says that it could not see, of whom. */
const SPOTS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    host_version_untested: "the release of the host is not tested",
    not_attached: "an adapter is not attached",
    replaced_by_per_call_integrations:
      "calls have integrations of their own, which hide what streams used",
    anthropic_without_middleware: "a client is seen from outside alone",
    openai_certificate_client: "a client with a certificate of its own is not followed",
  }),
);

interface BlindProperties extends Properties {
  /** Null where the figures are narrowed to one name: it is known of all alone. */
  readonly blind: readonly BlindSpot[] | null;
}

/** What happened and was not seen, as far as that is known. */
export function BlindSpots({ total, blind }: BlindProperties) {
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
        {blind?.map(({ code, writer, sessions: of }) => (
          <li key={`${code} ${writer}`}>
            <b class="warn">
              {count(of)} session{of === 1 ? "" : "s"}
            </b>
            :{" "}
            {SPOTS.get(code) ?? (
              <>
                a writer says <code>{code}</code>
              </>
            )}
            {writer !== null && (
              <>
                {" "}
                (<bdi>{writer}</bdi>)
              </>
            )}
            .
          </li>
        ))}
        <li class="quiet">
          Hosts are untested as far as adapters say so. Which servers are configured and no relay
          stands before is in no record: <code>caum doctor</code> says it on each machine.
        </li>
      </ul>
    </section>
  );
}
