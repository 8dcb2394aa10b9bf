/**
 * Most lines of a session are calls in plain ASCII. For them the schema and the canonical form are one
 * pattern, made from the schema's tables: a match costs a fifth of parsing, checking and writing back.
 */
import { ENVELOPE, PAYLOADS } from "./fields.ts";
import { type FieldRules, MAX_TEXT_BYTES } from "./rules.ts";

/** What a verifier takes from a record that is no lifecycle record. */
export interface PlainFacts {
  readonly run: string;
  readonly seq: number;
  readonly previousHash: string;
  readonly sessionId: string;
  readonly sourceTimestamp: string;
}

/** In the order of their groups, which is that of the line. */
const TAKEN = ["seq", "previousHash", "runId", "sessionId", "sourceTimestamp"] as const;

let patterns: readonly RegExp[] | undefined;

/**
 * What a line says, when one look tells that it is a record.
 *
 * @returns undefined for a line that has to be read by `readRecord`, which may find it to be good
 */
export function readPlainLine(line: string): PlainFacts | undefined {
  if (line.length > MAX_TEXT_BYTES) return undefined;
  patterns ??= [...PAYLOADS].map(([category, rules]) => patternOf(String(category), rules));
  for (const pattern of patterns) {
    const found = pattern.exec(line);
    if (found === null) continue;
    const [, seq = "", previousHash = "", run = "", sessionId = "", sourceTimestamp = ""] = found;
    // Only a lifecycle record opens a run.
    if (seq === "0") return undefined;
    return { run, seq: Number(seq), previousHash, sessionId, sourceTimestamp };
  }
  return undefined;
}

function patternOf(category: string, payload: FieldRules): RegExp {
  const inner: Readonly<Record<string, string>> = {
    category: `"${category}"`,
    payload: members(payload),
  };
  return new RegExp(`^${members(ENVELOPE, inner)}$`);
}

/** The object with these fields, in the order of their names. @param given values of some fields */
function members({ rules, required }: FieldRules, given: Readonly<Record<string, string>> = {}) {
  // By code unit, which is the order RFC 8785 asks for.
  const names = [...rules.keys()].sort();
  const anchor = names.findIndex((name) => required.includes(name));
  const parts = names.map((name, at) => {
    const value = given[name] ?? rules.get(name)?.plain ?? "";
    const member = `"${name}":${isTaken(name) ? taken(value) : value}`;
    // A comma stands between two members: after those before one that is always there, else before.
    if (at === anchor) return member;
    const withComma = at < anchor ? `${member},` : `,${member}`;
    return required.includes(name) ? withComma : `(?:${withComma})?`;
  });
  return `\\{${parts.join("")}\\}`;
}

function isTaken(name: string): boolean {
  return (TAKEN as readonly string[]).includes(name);
}

/** The pattern with what it is a group for: a text without its quotes. */
function taken(value: string): string {
  return value.startsWith('"') ? `"(${value.slice(1, -1)})"` : `(${value})`;
}
