/** The spans of a session as events: which turn asked for which call is worked out here. */
import { callEvent } from "../frame/open-calls.ts";
import { personEvent, turnEvent } from "../frame/speech.ts";
import type { HistoryEvent } from "../history.ts";
import type { Span } from "./span.ts";

/** Deeper than any trace is nested; a circle of parents ends there too. */
const DEEPEST = 200;

/** By time. A span that stands there twice is taken once. */
export function spanEvents(spans: readonly Span[]): readonly HistoryEvent[] {
  const tree = new SpanTree(spans);
  const events: HistoryEvent[] = [];
  for (const span of tree.spans) {
    if (span.kind === "tool") events.push(toolEvent(span, tree));
    else if (span.kind === "model" && tree.isCounted(span)) events.push(modelEvent(span, tree));
    else if (tree.isAsked(span)) events.push(personEvent(span.id, span.startMs, span.input));
  }
  return events.sort((a, b) => (a.atMs ?? 0) - (b.atMs ?? 0));
}

function toolEvent(span: Span, tree: SpanTree): HistoryEvent {
  const { id, name, callId, input, output, status, startMs, endMs } = span;
  const event = callEvent(
    {
      id: callId ?? id,
      tool: name,
      arguments: input,
      parent: tree.turnOf(span)?.id,
      agent: tree.agentOf(span),
      atMs: startMs,
    },
    {
      status,
      result: output,
      atMs: endMs,
      durationMs: startMs === undefined || endMs === undefined ? undefined : endMs - startMs,
    },
  );
  return { ...event, id: `call ${id}` };
}

function modelEvent(span: Span, tree: SpanTree): HistoryEvent {
  return turnEvent(span.id, span.endMs ?? span.startMs, {
    ...span.turn,
    content: span.output,
    agent: tree.agentOf(span),
    requestedTools: tree.callsOf(span),
  });
}

/** Who hangs below whom, and what came before what. */
class SpanTree {
  readonly spans: readonly Span[];
  readonly #byId: ReadonlyMap<string, Span>;
  /** Turns of the model by the time at which they began. */
  readonly #turns: readonly Span[];
  readonly #calls = new Map<string, number>();
  readonly #turnOf = new Map<string, Span>();

  constructor(spans: readonly Span[]) {
    this.#byId = new Map(spans.map((span) => [span.id, span]));
    this.spans = [...this.#byId.values()];
    this.#turns = this.spans
      .filter((span) => span.kind === "model" && this.isCounted(span))
      .sort((a, b) => startOf(a) - startOf(b));
    for (const span of this.spans) if (span.kind === "tool") this.#place(span);
  }

  /** A client below an instrumentation tells of the same turn again. */
  isCounted(model: Span): boolean {
    return this.#above(model, ({ kind }) => kind === "model") === undefined;
  }

  turnOf(tool: Span): Span | undefined {
    return this.#turnOf.get(tool.id);
  }

  callsOf(model: Span): number {
    return this.#calls.get(model.id) ?? 0;
  }

  /** The main agent has no name: one that a tool started is another. */
  agentOf(span: Span): string | undefined {
    const tool = this.#above(span, ({ kind }) => kind === "tool");
    return tool?.id;
  }

  /** The root of a trace, where somebody asked for something. */
  isAsked({ kind, parent, input }: Span): boolean {
    return (kind === "agent" || kind === "other") && parent === undefined && input !== undefined;
  }

  /** Below the turn that asked, or after it: then it is the last one that had begun. */
  #place(tool: Span): void {
    const agent = this.agentOf(tool);
    const isBefore = (turn: Span) => startOf(turn) <= startOf(tool) && this.agentOf(turn) === agent;
    const turn =
      this.#above(tool, ({ kind }) => kind === "model") ?? this.#turns.findLast(isBefore);
    if (turn === undefined) return;
    this.#turnOf.set(tool.id, turn);
    this.#calls.set(turn.id, this.callsOf(turn) + 1);
  }

  #above(span: Span, isIt: (span: Span) => boolean): Span | undefined {
    let at = span.parent === undefined ? undefined : this.#byId.get(span.parent);
    for (let depth = 0; at !== undefined && depth < DEEPEST; depth += 1) {
      if (isIt(at)) return at;
      at = at.parent === undefined ? undefined : this.#byId.get(at.parent);
    }
    return undefined;
  }
}

function startOf({ startMs, endMs }: Span): number {
  return startMs ?? endMs ?? 0;
}
