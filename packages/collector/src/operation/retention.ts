import type { Store } from "../store/store.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Turns old records into tombstones, for tenants that want it; answers how to stop. */
export function keepRetention(store: Store, clock: () => number): () => void {
  const timer = setInterval(() => {
    void expireAll(store, clock());
  }, HOUR_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** One round over all tenants. */
export async function expireAll(store: Store, nowMs: number): Promise<void> {
  for (const { tenant, days } of await store.reader.retentions()) {
    await store.administer({ kind: "expire", tenant, idleSinceMs: nowMs - days * DAY_MS });
  }
}
