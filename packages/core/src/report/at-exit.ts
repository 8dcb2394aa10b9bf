/** What must still be written when the process ends, through one listener for the whole process. */

/**
 * Answers that are still being read say what they asked for; then calls that are open become events,
 * before the runs that hold these are closed.
 */
const ORDER = ["answers", "open calls", "runs"] as const;

const callbacks = {
  answers: new Set<() => void>(),
  "open calls": new Set<() => void>(),
  runs: new Set<() => void>(),
};
let listening = false;

/**
 * Runs `callback` synchronously when the process exits, each kind after the one before it. It
 * installs no signal handler: a signal that ends the process without `exit` ends it as if we were
 * not there.
 *
 * @param what what the callback closes
 * @returns takes the callback back
 */
export function atExit(what: (typeof ORDER)[number], callback: () => void): () => void {
  callbacks[what].add(callback);
  if (!listening) {
    listening = true;
    process.on("exit", () => {
      for (const kind of ORDER) for (const close of callbacks[kind]) close();
    });
  }
  return () => callbacks[what].delete(callback);
}
