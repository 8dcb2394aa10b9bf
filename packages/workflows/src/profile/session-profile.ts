/** What is remembered of one session: counts and sums, no content. */
import type { OPS } from "@caum/core/adapter";
import type { Pattern } from "@caum/core/health";

/** A session with more tools, models or kinds of loops than this keeps the first ones. */
export const MAX_TOOLS = 16;
export const MAX_MODELS = 4;
export const MAX_LOOP_KINDS = 8;

/** The operations of `@caum/core`, in their order there; a copy, because that entry needs Node. */
export const OPERATIONS = [
  "read",
  "search",
  "write",
  "test",
  "run",
  "vcs",
  "install",
  "net",
  "wait",
  "plan",
  "act",
  "end",
  "other",
] as const satisfies typeof OPS;

/** What the calls of one tool of one server came to. */
export interface ToolFigures {
  readonly tool: string;
  /** As the records name it; absent where they do not. */
  readonly server?: string;
  readonly calls: number;
  /** Calls that the tool answered with a failure. */
  readonly toolErrors: number;
  /** Calls that failed before the tool could answer: in the protocol or on the way. */
  readonly protocolErrors: number;
  /** Calls that were steps of a loop. */
  readonly loopSteps: number;
  /** Durations that are known exactly, in milliseconds: counts by bucket of a `LogHistogram`. */
  readonly durations: Readonly<Record<number, number>>;
}

/** Loops of one kind look alike: same rule, same length of a cycle, same tools. */
export interface LoopKind {
  readonly rule: Pattern["rule"];
  readonly period: number;
  readonly tools: readonly string[];
  readonly count: number;
  /** Steps in them, from the first one of each. */
  readonly steps: number;
  /** Spent in them, as far as somebody said. */
  readonly costNanoUsd: number;
}

/** What a session did, step by step counted; of its present attempt. */
export interface SessionStructure {
  readonly calls: number;
  /** Turns and messages of agents that asked for no tool. */
  readonly turns: number;
  /** Steps at which there was something to review, without an alert. */
  readonly reviewSteps: number;
  /** Calls that did not do what they were asked for; see `hasFailed` of the health engine. */
  readonly failures: number;
  /** Calls with the tool and the arguments of a call just before that failed. */
  readonly retries: number;
  readonly denied: number;
  /** Calls that wait for an answer or a yes, and those that never got one. */
  readonly pending: number;
  /** The client or framework that reported it first, where one gave its name. */
  readonly client?: string;
  /** Calls by operation, in the order of {@link OPERATIONS}. */
  readonly ops: readonly number[];
  /** How often which operation came after which: counts by `from * OPERATIONS.length + to`. */
  readonly transitions: Readonly<Record<number, number>>;
  readonly tools: readonly ToolFigures[];
  /** Model turns by model. */
  readonly models: Readonly<Record<string, number>>;
  readonly loopKinds: readonly LoopKind[];
  /** Spent in steps of loops. */
  readonly inLoops: { readonly tokens: number; readonly ms: number };
  /** Spent after the first alert stood. */
  readonly afterAlert: {
    readonly steps: number;
    readonly tokens: number;
    readonly costNanoUsd: number;
    readonly ms: number;
  };
}

/** One session, as the memory of its workflow takes it. */
export interface SessionProfile {
  readonly sessionId: string;
  readonly workflow?: string;
  readonly agent?: string;
  readonly client?: string;
  readonly servers: readonly string[];
  readonly cohort?: string;
  /** Stands for the task's text; equal in all sessions that got the same one. */
  readonly taskTag?: string;
  /** When it began and when something happened in it last, in milliseconds since 1970. */
  readonly startedMs: number;
  readonly endedMs: number;
  /** Its writers said that it is over. */
  readonly ended: boolean;
  /** Whether the task was solved, where somebody said so. */
  readonly resolved?: boolean;
  /** Steps so far; loops and their steps of all attempts. */
  readonly steps: number;
  readonly loops: number;
  readonly loopSteps: number;
  readonly loopCostNanoUsd: number;
  /** At some step there was something to review, without an alert. */
  readonly reviewed: boolean;
  /** Absent where nobody reported any. */
  readonly tokens?: number;
  readonly costNanoUsd?: number;
  /** Durations of its steps added up, in milliseconds. */
  readonly durationMs?: number;
  /** From 0 to 1; null where structure tells nothing about the outcome. */
  readonly failureRisk: number | null;
  /** Version of the health engine. */
  readonly engine: string;
  readonly structure: SessionStructure;
}

/** The part of a structure that the memory of a workflow asks for. */
export interface RememberedStructure
  extends Pick<
    SessionStructure,
    | "calls"
    | "turns"
    | "failures"
    | "retries"
    | "denied"
    | "pending"
    | "ops"
    | "models"
    | "inLoops"
    | "afterAlert"
  > {
  readonly client: string | undefined;
  readonly reviewSteps: number;
  /** Place and count of each transition, one after the other, in the order of the places. */
  readonly pairs: readonly number[];
  readonly tools: readonly Pick<ToolFigures, "tool" | "calls">[];
}

type Told = Omit<SessionProfile, "taskTag" | "failureRisk" | "engine" | "structure">;

/** A session as the memory of its workflow takes it: what that does not ask for need not be there. */
export type RememberedSession = {
  readonly [Field in keyof Told]: Told[Field] | (undefined extends Told[Field] ? undefined : never);
} & { readonly structure: SessionStructure | RememberedStructure };
