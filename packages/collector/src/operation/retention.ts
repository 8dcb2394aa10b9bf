import type { Command } from "../store/command.ts";
import type { Store } from "../store/store.ts";

/** Collectors that never run for an hour keep their promise as well. */
const FIRST_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/**
 * Turns old records into tombstones, for tenants that want it, with what was remembered of them, and deletes what nobody can use any
 * more; answers how to stop.
 *
 * @param onFailure told when the store could not be asked; the next hour tries again
 */
export function keepRetention(
  store: Store,
  clock: () => number,
  onFailure: (failure: Error) => void,
): () => void {
  const round = () => {
    expireAll(store, clock()).catch((failure: unknown) =>
      onFailure(failure instanceof Error ? failure : new Error("the retention was not kept")),
    );
  };
  const first = setTimeout(round, FIRST_MS).unref();
  const timer = setInterval(round, HOUR_MS).unref();
  return () => {
    clearTimeout(first);
    clearInterval(timer);
  };
}

/**
 * One round over all tenants.
 *
 * @throws {Error} when something could not be deleted, after all that could
 */
export async function expireAll(store: Store, nowMs: number): Promise<void> {
  let failure: unknown;
  for (const { tenant, days } of await store.reader.retentions()) {
    const idleSinceMs = nowMs - days * DAY_MS;
    const beforeDay = Math.floor(idleSinceMs / DAY_MS);
    try {
      await untilDone(store, { kind: "expire", tenant, idleSinceMs });
      await untilDone(store, { kind: "expire_memory", tenant, beforeDay });
    } catch (reason) {
      failure ??= reason;
    }
  }
  await untilDone(store, { kind: "purge", nowMs });
  if (failure !== undefined) throw failure;
}

/** Small steps, so that events between them wait for none. */
async function untilDone(store: Store, command: Command): Promise<void> {
  for (let isDone = false; !isDone; ) {
    const answer = await store.administer(command);
    // A store that cannot write says so by itself.
    if (answer.kind !== "done" && answer.code === "INTERNAL_ERROR") {
      throw new Error("old records could not be deleted: it is tried again in an hour");
    }
    isDone = answer.kind !== "done" || answer.value === 0;
  }
}
