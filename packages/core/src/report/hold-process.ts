/** Our timers and sockets never keep a process alive, but somebody who awaits `flush` does. */
const LONG_MS = 2 ** 30;

/** @returns lets the process go again */
export function holdProcess(): () => void {
  const timer = setInterval(() => undefined, LONG_MS);
  return () => clearInterval(timer);
}
