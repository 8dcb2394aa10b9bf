/** The doors that prove, compare, alert and settle what an account has; in the same order. */
import type { ApiOperation } from "./api-operation.ts";

const RULE = {
  condition: "tier>=T4",
  action_type: "webhook",
  destination: "https://hooks.example/caum",
};

export const ACCOUNT_OPERATIONS: Readonly<Record<string, ApiOperation>> = {
  "GET /.well-known/caum-verifier-keys": {
    tag: "evidence",
    id: "verifierKeys",
    summary: "Say which keys sign here",
  },
  "GET /v1/session/{id}/bundle": {
    tag: "evidence",
    id: "exportSession",
    summary: "Export a session as a tar that anyone can verify",
    with: { id: "task-1" },
  },
  "GET /v1/session/{id}/receipt": {
    tag: "evidence",
    id: "readReceipt",
    summary: "Get the receipt for a record, the last one where none is named",
    with: { id: "task-1", index: 0 },
  },
  "GET /v1/session/{id}/proof/{index}": {
    tag: "evidence",
    id: "proveInclusion",
    summary: "Prove that a record is in the signed tree of its session",
    with: { id: "task-1", index: 0 },
  },
  "GET /v1/session/{id}/consistency": {
    tag: "evidence",
    id: "proveConsistency",
    summary: "Prove that the tree of a session only grew",
    with: { id: "task-1", from: 1 },
  },
  "POST /v1/session/{id}/cosign": {
    tag: "evidence",
    id: "cosignSession",
    summary: "Add the signature of the writer to a checkpoint",
  },
  "GET /v1/log": {
    tag: "evidence",
    id: "readLog",
    summary: "Get the newest checkpoint of the log of heads",
  },
  "GET /v1/log/entries": {
    tag: "evidence",
    id: "readLogEntries",
    summary: "Read entries of the log: checkpoints of sessions",
    with: { from: 0, limit: 10 },
  },
  "GET /v1/log/consistency": {
    tag: "evidence",
    id: "proveLogConsistency",
    summary: "Prove that the log only grew",
    with: { from: 1 },
  },
  "GET /v1/log/deleted": {
    tag: "evidence",
    id: "listDeletedSessions",
    summary: "List sessions of the log that were deleted",
  },
  "GET /v1/session/{id}/log": {
    tag: "evidence",
    id: "proveInLog",
    summary: "Prove that the newest head of a session is in the log",
    with: { id: "task-1" },
  },
  "GET /v1/session/{id}/similar": {
    tag: "workflows",
    id: "similarSessions",
    summary: "List the sessions that are built most like one",
    with: { id: "task-1", limit: 5 },
  },
  "GET /v1/recurring": {
    tag: "workflows",
    id: "recurringLoops",
    summary: "List kinds of loops that came back in several sessions",
    with: { min_sessions: 2, limit: 20 },
  },
  "GET /v1/profiles": {
    tag: "workflows",
    id: "sessionProfiles",
    summary: "Say what each session did: calls, order, failures, loops, cost",
    with: { workflow: "tickets", since: "2026-01-01T00:00:00Z" },
  },
  "GET /v1/workflows": {
    tag: "workflows",
    id: "listWorkflows",
    summary: "List what sessions are remembered under, with their state",
    with: { kind: "workflow" },
  },
  "GET /v1/workflows/{name}": {
    tag: "workflows",
    id: "readWorkflow",
    summary: "Read the days of a workflow",
    with: { name: "tickets", days: 7 },
  },
  "POST /v1/workflows/{name}/baseline": {
    tag: "workflows",
    id: "chooseBaseline",
    summary: "Choose the sessions that a workflow is measured against",
    with: { name: "tickets" },
    body: { kind: "latest" },
  },
  "GET /v1/workflows/{name}/effectiveness": {
    tag: "workflows",
    id: "compareCohorts",
    summary: "Compare two cohorts of a workflow",
    with: { name: "tickets", before: "before", after: "after" },
  },
  "GET /v1/workflows/{name}/exposure": {
    tag: "workflows",
    id: "workflowExposure",
    summary: "Say what sessions spent in loops and after their first alert",
    with: { name: "tickets" },
  },
  "GET /v1/workflows/{name}/outcome": {
    tag: "workflows",
    id: "workflowOutcome",
    summary: "Say how well a failure risk told how sessions ended",
    with: { name: "tickets" },
  },
  "GET /v1/evidence-pack": {
    tag: "workflows",
    id: "evidencePack",
    summary: "Get figures, checkpoints and receipts of a workflow as one file",
    with: { workflow: "tickets", limit: 100 },
  },
  "POST /v1/alerts": {
    tag: "alerts",
    id: "makeRules",
    summary: "Make rules, and get the secret of each webhook once",
    body: [RULE],
  },
  "GET /v1/alerts": { tag: "alerts", id: "listRules", summary: "List the rules of the account" },
  "POST /v1/alerts/{id}/test": {
    tag: "alerts",
    id: "testRule",
    summary: "Send a test of a rule to where it leads",
    with: { id: "RULE_ID" },
  },
  "POST /v1/alerts/{id}/secret": {
    tag: "alerts",
    id: "renewSecret",
    summary: "Make a new secret for a webhook",
    with: { id: "RULE_ID" },
  },
  "GET /v1/alerts/history": {
    tag: "alerts",
    id: "listAlerts",
    summary: "List alerts, the newest first, with how their delivery stands",
    with: { limit: 20 },
  },
  "POST /v1/alerts/history/{id}/replay": {
    tag: "alerts",
    id: "replayAlert",
    summary: "Deliver an alert again",
    with: { id: "ALERT_ID" },
  },
  "DELETE /v1/alerts/{id}": {
    tag: "alerts",
    id: "deleteRule",
    summary: "Delete a rule",
    with: { id: "RULE_ID" },
  },
  "POST /v1/register": {
    tag: "account",
    id: "register",
    summary: "Make an account and its first key",
    body: { email: "ada@example.com" },
  },
  "GET /v1/keys": { tag: "account", id: "listKeys", summary: "List the keys of the account" },
  "POST /v1/keys": {
    tag: "account",
    id: "makeKey",
    summary: "Make a key, which is shown once",
    body: { scopes: ["ingest"] },
  },
  "DELETE /v1/keys/{keyId}": {
    tag: "account",
    id: "revokeKey",
    summary: "Revoke a key",
    with: { keyId: "KEY_ID" },
  },
  "GET /v1/retention": {
    tag: "account",
    id: "readRetention",
    summary: "Say for how many days records are kept",
  },
  "PUT /v1/retention": {
    tag: "account",
    id: "setRetention",
    summary: "Set for how many days records are kept; null keeps them",
    body: { days: 30 },
  },
  "GET /v1/usage": { tag: "account", id: "readUsage", summary: "Say what the account has used" },
  "POST /v1/checkout": {
    tag: "account",
    id: "checkout",
    summary: "Get the page of the payment provider, where there is one",
  },
  "POST /v1/stripe/webhook": {
    tag: "account",
    id: "paymentMessage",
    summary: "Take a signed message of the payment provider",
  },
  "DELETE /v1/session/{id}": {
    tag: "account",
    id: "deleteSession",
    summary: "Delete a session; its head and its last note remain",
    with: { id: "task-1" },
  },
};
