/** The doors that take records, and say how sessions stand; in an order in which requests can be sent. */
import type { ApiOperation } from "./api-operation.ts";

const EVENT = {
  eventId: "550e8400-e29b-41d4-a716-446655440000",
  agentId: "support-bot",
  sessionId: "session-001",
  sourceTimestamp: "2026-01-15T10:30:00Z",
  category: "tool_api",
  schemaVersion: "1.0",
  payload: { toolName: "crm.lookup", status: "ok" },
};
const SESSION = { session_id: "SESSION_ID", session_token: "SESSION_TOKEN" };
const LIVE_EVENT = { tool: "browser.get", status: "not_found", state_id: "opaque_state_a" };
const EMPTY_TRACE = { resourceSpans: [] };

export const INTAKE_OPERATIONS: Readonly<Record<string, ApiOperation>> = {
  "GET /v2/live/health": { tag: "live", id: "liveHealth", summary: "Say that the live door is up" },
  "POST /v2/live/start": {
    tag: "live",
    id: "startLiveSession",
    summary: "Open a session, and get the token for it",
    body: { agent_id: "agent_42", workflow: "support_ticket_agent", baseline_cost_usd: 0.05 },
  },
  "POST /v2/live/event": {
    tag: "live",
    id: "sendLiveEvent",
    summary: "Tell one event of a session, and get how it stands",
    body: { ...SESSION, event: LIVE_EVENT },
  },
  "POST /v2/live/batch": {
    tag: "live",
    id: "sendLiveEvents",
    summary: "Tell up to 1,000 events of a session",
    body: { ...SESSION, events: [LIVE_EVENT, { tool: "db.read", status: "ok" }] },
  },
  "GET /v2/live/session/{id}": {
    tag: "live",
    id: "readLiveSession",
    summary: "Read a session of the live door",
    with: { id: "SESSION_ID" },
  },
  "GET /v2/live/customer/sessions": {
    tag: "live",
    id: "listLiveSessions",
    summary: "List the sessions of the account, as the live door tells them",
    with: { limit: 20 },
  },
  "POST /v1/step": {
    tag: "steps",
    id: "recordStep",
    summary: "Record one step of a session, and get how it stands",
    body: {
      session_id: "task-1",
      step: 1,
      tool: "bash",
      state_hash: "c0ffee00c0ffee00",
      workflow: "tickets",
      cohort: "before",
    },
  },
  "POST /v1/session/{id}/end": {
    tag: "steps",
    id: "endSession",
    summary: "Say that a session is over, and get its report",
    with: { id: "task-1" },
    body: { resolved: true },
  },
  "GET /v1/sessions": {
    tag: "steps",
    id: "listSessions",
    summary: "List sessions, those that changed last first",
    with: { limit: 20, tier: "T1" },
  },
  "GET /v1/session/{id}": {
    tag: "steps",
    id: "readSession",
    summary: "Read the records of a session and what was found at each",
    with: { id: "task-1", limit: 100 },
  },
  "POST /v1/session/{id}/acknowledge": {
    tag: "steps",
    id: "acknowledgeSession",
    summary: "Say that somebody has looked at the loops of a session",
    with: { id: "task-1" },
    body: { by: "ada" },
  },
  "POST /v1/events": {
    tag: "events",
    id: "recordEvent",
    summary: "Record one event of a sender of your own",
    body: EVENT,
  },
  "POST /v1/events/batch": {
    tag: "events",
    id: "recordEvents",
    summary: "Record one event a line, answered line by line",
    lines: [{ ...EVENT, eventId: "550e8400-e29b-41d4-a716-446655440001" }],
  },
  "POST /v1/runs/{runId}/records": {
    tag: "runs",
    id: "recordRun",
    summary: "Store canonical records of a run, one a line, as our clients send them",
  },
  "POST /v1/traces": {
    tag: "events",
    id: "recordTraces",
    summary: "Take spans of OpenTelemetry (OTLP), as JSON or protobuf",
    body: EMPTY_TRACE,
  },
  "POST /v1/logs": {
    tag: "events",
    id: "recordLogs",
    summary: "Take log records of OpenTelemetry (OTLP), as JSON or protobuf",
    body: { resourceLogs: [] },
  },
  "POST /v1/metrics": {
    tag: "events",
    id: "takeMetrics",
    summary: "Take metrics of OpenTelemetry, of which nothing is kept",
    body: { resourceMetrics: [] },
  },
};
