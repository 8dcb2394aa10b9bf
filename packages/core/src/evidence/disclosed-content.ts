/** Checks content that an auditor has from elsewhere against the keyed digests of one session. */
import { plainOfText } from "../capture/foreign-json.ts";
import type { SessionKeys } from "../capture/keys/session-keys.ts";
import type { OpenPayload, PayloadByCategory } from "../capture/record.ts";
import { type Shape, shapeOf } from "../capture/shape/shape.ts";
import { LineReader } from "./bundle/line-reader.ts";
import { openBundle } from "./bundle/open-bundle.ts";
import { openDisclosedKey } from "./disclosure.ts";
import { EvidenceError } from "./error.ts";
import { readLine } from "./line/read-line.ts";
import { fromUtf8 } from "./rules/bytes.ts";

/** A call whose arguments or result the content is. */
export interface ContentMatch {
  readonly part: "arguments" | "result";
  readonly tool: string;
  readonly line: number;
  readonly run: string;
  readonly seq: number;
  /** The digest covers the beginning of the content and its length, because it is longer than 64 KiB. */
  readonly isCut: boolean;
}

export interface ContentCheck {
  readonly matches: readonly ContentMatch[];
  /** Runs that the disclosed keys open, and those that are under other keys. */
  readonly openedRuns: number;
  readonly closedRuns: number;
}

type Part = ContentMatch["part"];

/** The content as it may have been digested: its shape by the key of a run. */
type Shapes = Readonly<Record<Part, readonly Shape[]>>;

/**
 * The calls of a bundle whose arguments or result some content is. Say first, by verifying it, that the
 * bundle is what was signed: here only digests are compared.
 *
 * @param content bytes of text; JSON is taken as what it says as well, and of an MCP answer its result
 * @param disclosed keys of the session, as its owner gave them
 * @throws {EvidenceError} when a key is none; one of another session opens no run
 */
export function checkContent(
  path: string,
  content: Uint8Array,
  disclosed: readonly string[],
): ContentCheck {
  const forms = formsOf(content);
  const runs = new Map<string, Shapes | undefined>();
  const matches: ContentMatch[] = [];
  let line = 0;
  const source = openBundle(path).records.open();
  try {
    const lines = new LineReader(source);
    for (let next = lines.next(); next !== undefined && "text" in next; next = lines.next()) {
      line += 1;
      const read = readLine(next.text);
      if (!("record" in read)) continue;
      const { runId: run, sessionId, category, payload } = read.record;
      if (category === "lifecycle" && payload.type === "open") {
        const keys = keysOf(payload, sessionId, disclosed);
        runs.set(run, keys && shapesOf(forms, keys));
      }
      const shapes = runs.get(run);
      if (shapes === undefined || category !== "tool_api") continue;
      const { toolName: tool, seq } = payload;
      for (const { part, isCut } of matchesOf(payload, shapes)) {
        matches.push({ part, tool, line, run, seq, isCut });
      }
    }
  } finally {
    source.close();
  }
  const opened = [...runs.values()].filter((shapes) => shapes !== undefined).length;
  return { matches, openedRuns: opened, closedRuns: runs.size - opened };
}

/** What a file may hold: text, with or without a newline that an editor put at its end, or JSON. */
function formsOf(content: Uint8Array): readonly unknown[] {
  const text = fromUtf8(content);
  if (text === undefined) return [];
  const texts = text.endsWith("\n") ? [text, text.slice(0, -1)] : [text];
  const plain = plainOfText(text);
  const json = plain === text ? [] : formsOfJson(plain);
  return [...texts, ...texts.flatMap(textResults), ...json];
}

/** A result of one text, as servers of MCP give it. */
function textResults(text: string): readonly unknown[] {
  const content = [{ type: "text", text }];
  return [{ content }, { content, isError: false }];
}

/** Of JSON-RPC what it carries, and a result of MCP without what the protocol adds to it. */
function formsOfJson(value: unknown): readonly unknown[] {
  const fields = fieldsOf(value);
  if (fields === undefined) return [value];
  const { _meta, resultType, ttlMs, cacheScope, ...plain } = fields;
  const inner = fields.result ?? fieldsOf(fields.params)?.arguments;
  return [value, plain, ...(inner === undefined ? [] : formsOfJson(inner))];
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? { ...value } : undefined;
}

/** @returns undefined when none of the keys is that of this run */
function keysOf(
  open: Pick<OpenPayload, "digestKeyCommitment">,
  sessionId: string,
  disclosed: readonly string[],
): SessionKeys | undefined {
  for (const key of disclosed) {
    try {
      return openDisclosedKey(key, sessionId, open);
    } catch (error) {
      if (!(error instanceof EvidenceError) || error.fault !== "other_key") throw error;
    }
  }
  return undefined;
}

function shapesOf(forms: readonly unknown[], keys: SessionKeys): Shapes {
  return {
    arguments: forms.map((form) => shapeOf(form, "args", keys)),
    result: forms.map((form) => shapeOf(form, "result", keys)),
  };
}

function matchesOf(payload: PayloadByCategory["tool_api"], shapes: Shapes) {
  const hashes = { arguments: payload.argumentsHash, result: payload.resultHash };
  return (["arguments", "result"] as const).flatMap((part) => {
    const shape = shapes[part].find(({ hash }) => hash === hashes[part]);
    return shape === undefined ? [] : [{ part, isCut: shape.truncated }];
  });
}
