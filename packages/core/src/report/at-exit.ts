/** What must still be written when the process ends, through one listener for the whole process. */

const callbacks = new Set<() => void>();
let listening = false;

/**
 * Runs `callback` synchronously when the process exits. It installs no signal handler: a signal
 * that ends the process without `exit` ends it as if we were not there.
 *
 * @returns takes the callback back
 */
export function atExit(callback: () => void): () => void {
  callbacks.add(callback);
  if (!listening) {
    listening = true;
    process.on("exit", () => {
      for (const write of callbacks) write();
    });
  }
  return () => callbacks.delete(callback);
}
