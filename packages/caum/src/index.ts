export type { Alert, AlertListener, AlertOptions } from "./alert.ts";
export {
  end,
  flush,
  init,
  observe,
  onAlert,
  type Status,
  session,
  status,
  type WrapOptions,
  wrapAnthropic,
  wrapOpenAI,
} from "./caum.ts";
export type { InitOptions } from "./init-options.ts";
export type { ObservedSession } from "./observed-session.ts";
export type { ReportedLoop, SessionReport } from "./session-report.ts";
export type { MessageStep, Step, ToolStep } from "./step.ts";
export type { AdvisedPattern, Advisory, StepVerdict } from "./verdict.ts";
