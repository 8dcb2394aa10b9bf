import type { Store } from "./store.ts";

/** The same store, but for what it does with an intake. */
export function withSubmit(store: Store, submit: Store["submit"]): Store {
  return {
    reader: store.reader,
    replica: store.replica,
    administer: (command) => store.administer(command),
    claimDeliveries: (claim) => store.claimDeliveries(claim),
    status: () => store.status(),
    close: () => store.close(),
    submit,
  };
}
