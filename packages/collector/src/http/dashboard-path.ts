/** The page of a session, as receipts name it. */
export function dashboardPath(sessionId: string): string {
  return `/live/sessions/${encodeURIComponent(sessionId)}`;
}
