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
    const idleSinceMs = nowMs - days * DAY_MS;
    for (let isDone = false; !isDone; ) {
      const answer = await store.administer({ kind: "expire", tenant, idleSinceMs });
      isDone = answer.kind !== "done" || answer.value === 0;
    }
  }
}
