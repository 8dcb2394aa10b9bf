/** What one look takes for a record is one, and what the whole reading says of it. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { readPlainLine } from "../../../src/evidence/line/plain-line.ts";
import { readLine } from "../../../src/evidence/line/read-line.ts";
import { RunWriter } from "../../../src/evidence/run-writer.ts";
import { closedRun, drafts, identityOf, OPEN_FACTS, stampOf, toolDraft } from "../records.ts";

function writerOf(sessionId?: string): RunWriter {
  const writer = new RunWriter(identityOf(1, sessionId));
  writer.open(OPEN_FACTS, stampOf(0));
  return writer;
}

/** What the whole reading says, in the words of the short one; undefined where it refuses the line. */
function factsOf(line: string) {
  const read = readLine(line);
  if (!("record" in read)) return undefined;
  const { runId: run, payload, previousHash, sessionId, sourceTimestamp, category } = read.record;
  return category === "lifecycle"
    ? undefined
    : { run, seq: payload.seq, previousHash, sessionId, sourceTimestamp };
}

/** Nothing is claimed of a line that the whole reading does not say. */
function expectSafe(line: string): void {
  const plain = readPlainLine(line);
  if (plain !== undefined) expect({ line, plain }).toEqual({ line, plain: factsOf(line) });
}

const { line: CALL } = writerOf().append(toolDraft(1));
const TURN = writerOf().append({
  ...stampOf(2),
  category: "reasoning",
  payload: { kind: "turn", status: "ok", model: "m-1", inputTokens: 12, messageBytes: 0 },
}).line;

test.each([CALL, TURN])("calls and turns in plain ASCII are read in one look: %s", (line) => {
  expect(readPlainLine(line)).toEqual(factsOf(line));
  expect(factsOf(line)).toBeDefined();
});

test("every kind of record but those of a lifecycle is read in one look", () => {
  const bodies = [
    { category: "identity", payload: { capabilityCount: 3 } },
    { category: "data_movement", payload: { operation: "read", objectCount: 1 } },
    { category: "approval", payload: { decision: "granted" } },
    { category: "environment", payload: { kind: "k", subject: "s" } },
  ] as const;
  for (const body of bodies) {
    const { line } = writerOf().append({ ...stampOf(3), ...body });
    expect(readPlainLine(line)).toEqual(factsOf(line));
    expect(factsOf(line)).toBeDefined();
  }
  const [open = "", , close = ""] = closedRun(1, 1);
  for (const line of [open, close]) expect(readPlainLine(line)).toBeUndefined();
});

test("no record is read as anything else than it is", () => {
  fc.assert(
    fc.property(drafts, (draft) => {
      expectSafe(writerOf().append(draft).line);
    }),
    { numRuns: 300 },
  );
});

test("a line with any one character replaced, left out or doubled is read as what it is", () => {
  const characters = [
    '"',
    "\\",
    "0",
    "9",
    "A",
    "a",
    "g",
    ":",
    "`",
    "@",
    "\u00e9",
    " ",
    "}",
    ",",
    "-",
  ];
  for (const line of [CALL, TURN]) {
    for (let at = 0; at < line.length; at += 1) {
      const [before, after] = [line.slice(0, at), line.slice(at + 1)];
      for (const character of characters) expectSafe(before + character + after);
      expectSafe(before + after);
      expectSafe(before + line.charAt(at).repeat(2) + after);
    }
  }
});

test.each([
  ["a first record that opens nothing", CALL.replace('"seq":1', '"seq":0')],
  ["a number with a zero before it", CALL.replace('"seq":1', '"seq":01')],
  ["minus zero", CALL.replace('"resultBytes":2000', '"resultBytes":-0')],
  ["a name that is there twice", CALL.replace('"op":"read",', '"op":"read","op":"read",')],
  ["members in another order", CALL.replace(/("op":"read"),("resultBytes":\d+)/, "$2,$1")],
  ["white space", CALL.replace(",", ", ")],
  ["a newline at the end", `${CALL}\n`],
  ["something before it", ` ${CALL}`],
  ["an unknown category", CALL.replace("tool_api", "toolxapi")],
  ["an upper-case digit", CALL.replace(/"resultHash":"\w/, '"resultHash":"A')],
])("%s is left to the whole reading, which refuses it", (_what, line) => {
  expect(line).not.toBe(CALL);
  expect(readPlainLine(line)).toBeUndefined();
  expect("fault" in readLine(line)).toBe(true);
});

test.each([
  ["letters beyond ASCII", writerOf("caf\u00e9").append(toolDraft(1)).line],
  ["an escape", writerOf('"').append(toolDraft(1)).line],
  [
    "a line so long that a text could be too long",
    writerOf().append({ ...toolDraft(1), traceId: "x".repeat(2_000) }).line,
  ],
  ["the largest number", CALL.replace('"seq":1', `"seq":${Number.MAX_SAFE_INTEGER}`)],
])("%s is left to the whole reading, which takes it", (_what, line) => {
  expect(readPlainLine(line)).toBeUndefined();
  expect(factsOf(line)).toBeDefined();
});

test("ids may have as many characters as in the whole reading, and no more", () => {
  const line = writerOf("i".repeat(255)).append(toolDraft(1)).line;
  expect(readPlainLine(line)?.sessionId).toHaveLength(255);
  expect(readPlainLine(line.replace("iii", "iiii"))).toBeUndefined();
});
