/** `@caum/collector/local`: sessions from records alone, without a store, as the collector tells them. */
export { type SimilarSessions, similarAmong } from "../comparison/similar-sessions.ts";
export { sessionSummaryOf, stepOfRecord } from "../doors/session/session-summary.ts";
export { newRow, sentMs } from "../ingest/session-row.ts";
export { SessionState } from "../ingest/session-state.ts";
export type { Standing } from "../ingest/standing.ts";
export { profileOf } from "../store/columns/profile-rows.ts";
export type { SessionView } from "../store/store.ts";
export { viewOf } from "./view-of.ts";
