/** When sessions began that an answer is about. */
export interface ProfileRange {
  readonly sinceMs: number | undefined;
  readonly untilMs: number | undefined;
}

export function rangeAnswer({ sinceMs, untilMs }: ProfileRange) {
  return { since: timeOf(sinceMs), until: timeOf(untilMs) };
}

function timeOf(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}
