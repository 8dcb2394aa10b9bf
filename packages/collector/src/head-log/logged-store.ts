/** The store as everybody else sees it: what it takes is noted for the log. */
import type { Store } from "../store/store.ts";
import { withSubmit } from "../store/with-submit.ts";
import type { HeadLog } from "./head-log.ts";

export function loggedStore(store: Store, ...logs: readonly Pick<HeadLog, "changed">[]): Store {
  return withSubmit(store, (intake) => {
    // Not the intake itself: its lines are of no more use once the store has them.
    const { tenant, sessionId } = intake;
    return store.submit(intake).then((outcome) => {
      if (outcome.kind !== "refused") for (const log of logs) log.changed(tenant, sessionId);
      return outcome;
    });
  });
}
