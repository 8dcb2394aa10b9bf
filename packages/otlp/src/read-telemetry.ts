import type { LogRecord, Span, Telemetry } from "./decode/telemetry.ts";
import { agentNameOf, conversationOf } from "./facts.ts";
import type { ReportedEvent } from "./reported-event.ts";
import type { Scope } from "./scope.ts";
import { CONVENTIONS, followsGenAi } from "./scopes/gen-ai.ts";
import { scopeOf } from "./scopes/scopes.ts";
import type { TraceNotes } from "./trace-notes.ts";

/** What one request reports of one session. */
export interface Group {
  /** Names that the session goes by, the nearest first: of its conversation, traces and calls. */
  readonly names: readonly string[];
  readonly conversation: string | undefined;
  readonly agentName: string | undefined;
  readonly serviceName: string | undefined;
  readonly emitter: string;
  /** In the order of time. */
  readonly events: readonly ReportedEvent[];
}

export interface Reading {
  readonly groups: readonly Group[];
  /** Names of one session each, of which nothing else is reported yet: which calls a trace asked for. */
  readonly links: readonly (readonly string[])[];
  /** Spans of scopes that are not known and follow no convention, and log records of them. */
  readonly notUnderstood: number;
}

/** Ids that are shorter are counted up by servers, for each conversation anew. */
const MIN_CALL_ID = 8;

/** Reads the calls and turns that a request reports, and which of them belong together. */
export function readTelemetry({ spans, logs }: Telemetry, notes: TraceNotes): Reading {
  const reader = new GroupReader(notes);
  for (const span of spans) scopeOf(span.scope).note?.(span, notes);
  for (const span of spans) reader.span(span);
  notes.forgetAsked();
  for (const records of bySpan(logs)) reader.logs(records);
  const { notUnderstood } = reader;
  return { groups: reader.groups(), links: reader.links(), notUnderstood };
}

/** Log records of one scope and span, in the order of the request. */
function bySpan(logs: readonly LogRecord[]): Iterable<readonly LogRecord[]> {
  const found = new Map<string, LogRecord[]>();
  for (const log of logs) {
    const key = `${log.scope} ${log.traceId} ${log.spanId}`;
    const before = found.get(key);
    if (before === undefined) found.set(key, [log]);
    else before.push(log);
  }
  return found.values();
}

interface Part {
  readonly names: Set<string>;
  conversation?: string | undefined;
  agentName?: string | undefined;
  serviceName?: string | undefined;
  emitter: string;
  events: ReportedEvent[];
}

class GroupReader {
  readonly #notes: TraceNotes;
  readonly #byName = new Map<string, Part>();
  notUnderstood = 0;

  constructor(notes: TraceNotes) {
    this.#notes = notes;
  }

  span(span: Span): void {
    const scope = scopeOf(span.scope);
    if (scope === CONVENTIONS && !followsGenAi(span)) this.notUnderstood += 1;
    const events = scope.span?.(span, this.#notes) ?? [];
    this.#add(scope, span, events, scope.asks?.(span) ?? []);
  }

  logs(records: readonly LogRecord[]): void {
    const [first] = records;
    if (first === undefined) return;
    const scope = scopeOf(first.scope);
    if (scope.logs === undefined) {
      this.notUnderstood += scope === CONVENTIONS ? records.length : 0;
      return;
    }
    const events = scope.logs(records, this.#notes);
    const asks = records.flatMap((record) => scope.asks?.(record) ?? []);
    this.#add(scope, first, events, asks);
  }

  groups(): readonly Group[] {
    return [...new Set(this.#byName.values())]
      .filter(({ events }) => events.length > 0)
      .map(({ names, conversation, agentName, serviceName, emitter, events }) => ({
        names: conversationFirst(names),
        conversation,
        agentName,
        serviceName,
        emitter,
        events: events.toSorted((one, other) => one.atMs - other.atMs),
      }));
  }

  links(): readonly (readonly string[])[] {
    return [...new Set(this.#byName.values())]
      .filter(({ events, names }) => events.length === 0 && [...names].some(isCall))
      .map(({ names }) => conversationFirst(names));
  }

  /** What shares a name is of one session. */
  #add(
    scope: Scope,
    sent: Span | LogRecord,
    events: readonly ReportedEvent[],
    asks: readonly string[],
  ): void {
    const conversation = conversationOf(sent);
    const answered = events.flatMap(({ answers = [] }) => answers);
    const calls = [...asks, ...answered].filter((id) => id.length >= MIN_CALL_ID);
    const names = [
      ...(conversation === undefined ? [] : [`conversation ${conversation}`]),
      ...(sent.traceId === "" ? [] : [`trace ${sent.traceId}`]),
      ...calls.map((id) => `call ${id}`),
    ];
    if (names.length === 0 && events.length > 0) names.push(`span ${sent.spanId}`);
    const part = this.#partOf(names, scope.emitter);
    part.conversation ??= conversation;
    part.agentName ??= agentNameOf(sent);
    part.serviceName ??= sent.resource.text("service.name");
    if (events.length === 0) return;
    if (part.events.length === 0) part.emitter = scope.emitter;
    const { traceId, spanId } = sent;
    const span = traceId === "" || spanId === "" ? undefined : { traceId, spanId };
    part.events.push(...events.map((one) => (span === undefined ? one : { ...one, span })));
  }

  #partOf(names: readonly string[], emitter: string): Part {
    const known = new Set(names.flatMap((name) => this.#byName.get(name) ?? []));
    const [first, ...others] = known;
    const part: Part = first ?? { names: new Set(), emitter, events: [] };
    for (const other of others) merge(part, other);
    for (const other of others) for (const name of other.names) this.#byName.set(name, part);
    for (const name of names) {
      part.names.add(name);
      this.#byName.set(name, part);
    }
    return part;
  }
}

function isCall(name: string): boolean {
  return name.startsWith("call ");
}

/**
 * Traces whose turns only log records tie to others: without those, a turn would be a session of its
 * own.
 */
export function tracesToAwait({ spans }: Telemetry): ReadonlySet<string> {
  const tied = spans.filter(({ scope }) => scopeOf(scope).isTiedByLogs);
  return new Set(tied.map(({ traceId }) => traceId));
}

function conversationFirst(names: Iterable<string>): readonly string[] {
  const isConversation = (name: string) => name.startsWith("conversation ");
  const all = [...names];
  return [...all.filter(isConversation), ...all.filter((name) => !isConversation(name))];
}

function merge(part: Part, other: Part): void {
  for (const name of other.names) part.names.add(name);
  if (part.events.length === 0) part.emitter = other.emitter;
  for (const event of other.events) part.events.push(event);
  part.conversation ??= other.conversation;
  part.agentName ??= other.agentName;
  part.serviceName ??= other.serviceName;
}
