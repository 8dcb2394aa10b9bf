export {
  ask,
  CollectorError,
  type CollectorPlace,
  type LiveAnswer,
  type Reply,
  type Send,
} from "./live-session.ts";
export { isObserveOnly, type LoopStep, type RetryLoop, retryLoop } from "./retry-loop.ts";
export {
  type AgentResult,
  type Check,
  VALIDATION_AGENTS,
  type ValidationAgent,
} from "./validation-agents.ts";
