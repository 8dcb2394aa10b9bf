/** Long work in the thread that serves, with others in between. */
import { setImmediate } from "node:timers/promises";

/** Some milliseconds of work. */
const AT_ONCE = 200;

export async function mapInTurns<T, R>(all: readonly T[], map: (one: T) => R): Promise<R[]> {
  const mapped: R[] = [];
  for (const one of all) {
    mapped.push(map(one));
    if (mapped.length % AT_ONCE === 0) await setImmediate();
  }
  return mapped;
}
