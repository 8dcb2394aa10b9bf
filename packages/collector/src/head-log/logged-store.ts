/** The store as everybody else sees it: what it takes is noted for the log. */
import type { Store } from "../store/store.ts";
import { withSubmit } from "../store/with-submit.ts";
import type { HeadLog } from "./head-log.ts";

export function loggedStore(store: Store, ...logs: readonly Pick<HeadLog, "changed">[]): Store {
  return withSubmit(store, async (intake) => {
    const outcome = await store.submit(intake);
    if (outcome.kind !== "refused") {
      for (const log of logs) log.changed(intake.tenant, intake.sessionId);
    }
    return outcome;
  });
}
