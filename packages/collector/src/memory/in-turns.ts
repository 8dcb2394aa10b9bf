/** Long work in the thread that serves, with others in between. */
import { setImmediate } from "node:timers/promises";

/** Some milliseconds of work. */
const AT_ONCE = 200;

/**
 * Rows as the text of a list. Those of each turn become one long text, so that what they were made of is
 * short-lived: what is still there when young objects are collected is copied.
 */
export async function listInTurns<T>(
  all: readonly T[],
  rowOf: (one: T) => string,
): Promise<string> {
  const texts: string[] = [];
  for (let from = 0; from < all.length; from += AT_ONCE) {
    texts.push(
      all
        .slice(from, from + AT_ONCE)
        .map(rowOf)
        .join(),
    );
    await setImmediate();
  }
  return `[${texts.join()}]`;
}
