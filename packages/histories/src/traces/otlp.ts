/**
 * OTLP/JSON: the bodies that an exporter sends, one a line or one a file. Only spans are read; the
 * names that emitters give to the same fact stand in `otlp-names.ts`.
 */
import { type Fields, isFields, listIn, objectsOf } from "../fields.ts";
import { rowFormat } from "../frame/row-format.ts";
import type { Row } from "../frame/row-sessions.ts";
import { learnFacts } from "../frame/tell-once.ts";
import type { FileHead, FilePart, Reading } from "../history.ts";
import { SESSION, textOf, VERSION } from "./otlp-names.ts";
import { spanOf } from "./otlp-span.ts";
import { spanEvents } from "./span-events.ts";

/** Attributes are kept so many lists deep. */
const DEEPEST_VALUE = 20;

export const otlp = rowFormat({
  name: "otlp",
  title: "OpenTelemetry",
  recognize,
  rowsOf,
  eventsOf: (rows, { facts }) => {
    const spans = rows.map(({ fields }) => fields);
    for (const { resource } of spans) {
      if (isFields(resource)) learnFacts(facts, textOf(resource, VERSION), undefined);
    }
    const failed = new Set(spans.filter(isFailedWork).map(({ parentSpanId }) => parentSpanId));
    return spanEvents(spans.map((span) => spanOf(span, failed.has(span.spanId))));
  },
});

function recognize({ path, text }: FileHead): FilePart | undefined {
  const isOurs =
    /\.(?:jsonl?|ndjson)$/.test(path) && /"resource(?:Spans|Logs|Metrics)"\s*:/.test(text);
  return isOurs ? { session: path } : undefined;
}

/** Each span with its attributes by name, and with what its scope and resource say. */
function rowsOf(value: Fields, { notes }: Reading): readonly Row[] {
  for (const other of ["resourceLogs", "resourceMetrics"]) {
    if (value[other] !== undefined) notes.unknownKind("otlp", other);
  }
  const bodies = value.items === undefined ? [value] : objectsOf(value.items);
  return bodies.flatMap((body) =>
    listIn(body, "resourceSpans").flatMap((group) => {
      const resource = attributesOf(isFields(group.resource) ? group.resource : {});
      return listIn(group, "scopeSpans").flatMap((part) => {
        const scope = isFields(part.scope) ? part.scope.name : undefined;
        return listIn(part, "spans").map((span) => rowOf(span, { scope, resource }));
      });
    }),
  );
}

function rowOf(span: Fields, about: Fields): Row {
  const attributes = attributesOf(span);
  return {
    fields: { ...span, ...about, attributes },
    trace: String(span.traceId ?? ""),
    session: textOf(attributes, SESSION) ?? sessionInMetadata(attributes.metadata),
  };
}

/** OpenInference has what the program said of itself as JSON in one attribute. */
function sessionInMetadata(metadata: unknown): string | undefined {
  if (typeof metadata !== "string") return undefined;
  return /"(?:session_id|thread_id|conversation_id)":"([^"\\]{1,256})"/.exec(metadata)?.[1];
}

/** A tool's own span says nothing of its failure in Claude Code; the span of its execution does. */
function isFailedWork({ name, status }: Fields): boolean {
  const isExecution = typeof name === "string" && name.endsWith(".tool.execution");
  return isExecution && isFields(status) && status.code === 2;
}

function attributesOf(span: Fields): Fields {
  const named: Record<string, unknown> = Object.create(null);
  for (const { key, value } of listIn(span, "attributes")) {
    if (typeof key === "string") named[key] = plainValue(value, DEEPEST_VALUE);
  }
  return named;
}

/** A value as JSON has it; numbers may be text, and empty ones occur. */
function plainValue(value: unknown, depth: number): unknown {
  if (!isFields(value) || depth === 0) return undefined;
  if (value.intValue !== undefined) return Number(value.intValue);
  const { arrayValue, kvlistValue } = value;
  if (isFields(arrayValue)) {
    return listIn(arrayValue, "values").map((item) => plainValue(item, depth - 1));
  }
  if (isFields(kvlistValue)) {
    const members = listIn(kvlistValue, "values");
    return Object.fromEntries(
      members.map(({ key, value: member }) => [String(key), plainValue(member, depth - 1)]),
    );
  }
  return value.stringValue ?? value.boolValue ?? value.doubleValue;
}
