/** `@caum/core/protocol`: what goes over the wire, as zod schemas. For servers and commands only. */
export {
  checkoutAnswer,
  type KeyEntryAnswer,
  keyAnswer,
  keyRequest,
  keysAnswer,
  paymentMessageAnswer,
  registerAnswer,
  registerRequest,
  retentionAnswer,
  retentionRequest,
  type Scope,
  type UsageAnswer,
  usageAnswer,
} from "./protocol/accounts.ts";
export {
  ALERT_STATUSES,
  alertHistoryAnswer,
  alertRule,
  alertRulesAnswer,
  alertRulesRequest,
  alertSecretAnswer,
  alertTestAnswer,
  DEFAULT_COOLDOWN_SECONDS,
  MAX_ALERT_RULES,
} from "./protocol/alerts.ts";
export {
  exposureAnswer,
  outcomeAnswer,
  recurringAnswer,
  similarAnswer,
} from "./protocol/comparison.ts";
export {
  amountComparison,
  effectivenessAnswer,
  evidencePackAnswer,
  shareComparison,
} from "./protocol/effectiveness.ts";
export {
  type ErrorCode,
  errorAnswer,
  trialExpiredAnswer,
} from "./protocol/errors.ts";
export { eventAnswer, eventBatchAnswer, eventRequest } from "./protocol/events.ts";
export {
  consistencyAnswer,
  cosignAnswer,
  cosignRequest,
  logAnswer,
  logConsistencyAnswer,
  logDeletedAnswer,
  logEntriesAnswer,
  proofAnswer,
  receiptAnswer,
  sessionLogAnswer,
  verifierKeysAnswer,
} from "./protocol/evidence.ts";
export {
  liveAnswer,
  liveBatchAnswer,
  liveBatchRequest,
  liveEvent,
  liveEventRequest,
  liveHealthAnswer,
  liveSession,
  liveSessionAnswer,
  liveSessionsAnswer,
  liveStartAnswer,
  liveStartRequest,
} from "./protocol/live.ts";
export { MAX_RUN_LINES, runAnswer, runIdParameter } from "./protocol/runs.ts";
export {
  acknowledgeAnswer,
  acknowledgeRequest,
  endAnswer,
  endRequest,
  sessionAnswer,
  sessionsAnswer,
  stepAnswer,
  stepRequest,
} from "./protocol/step.ts";
export {
  baselineAnswer,
  baselineRequest,
  profilesAnswer,
  sessionProfile,
  workflowAnswer,
  workflowsAnswer,
} from "./protocol/workflows.ts";
