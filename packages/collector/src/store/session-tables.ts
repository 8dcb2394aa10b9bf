/** Tables whose rows go when their session is deleted; what remains of it stands in two others. */
export const DELETED_WITH_SESSION = [
  "records",
  "event_ids",
  "steps",
  "runs",
  "forks",
  "subtrees",
  "judgements",
  "alerts",
  "traces",
] as const;
