/** One piece of work in a trace, whoever wrote it down. */
import type { Status } from "@caum/core";
import type { SaidInTurn } from "../frame/speech.ts";

/** What a piece of work is the work of. */
export type SpanKind = "tool" | "model" | "agent" | "other";

/** A piece of work, as readers of traces hand it on. Its values are content. */
export interface Span {
  readonly id: string;
  readonly parent: string | undefined;
  readonly kind: SpanKind;
  /** Of a tool or an agent: how it is called. */
  readonly name: string;
  readonly startMs: number | undefined;
  readonly endMs: number | undefined;
  readonly status: Status;
  /** Absent where it was not written down. */
  readonly callId?: string | undefined;
  readonly input?: unknown;
  readonly output?: unknown;
  /** Of a model: what is known of the turn, its tokens among it. */
  readonly turn?: SaidInTurn | undefined;
}

/** What a tool of LangChain answered, where it is wrapped as a message: ids in it differ each time. */
export interface ToolAnswer {
  readonly content: unknown;
  readonly callId: string | undefined;
  readonly hasFailed: boolean;
}
