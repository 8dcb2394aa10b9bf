/**
 * Resolves when `work` is done, or after so long; the work goes on. Our timers and sockets never
 * keep a process alive, but somebody who awaits this does.
 */
export async function within(limitMs: number, work: Promise<unknown>): Promise<void> {
  let giveUp: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    giveUp = setTimeout(resolve, limitMs);
  });
  try {
    await Promise.race([work, limit]);
  } finally {
    clearTimeout(giveUp);
  }
}
