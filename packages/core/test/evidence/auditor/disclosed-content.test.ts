/** Content that an auditor has from elsewhere, against the digests of a bundle. */
import { expect, test } from "vitest";
import { loadRootKey } from "../../../src/capture/keys/root-key.ts";
import { SessionKeys } from "../../../src/capture/keys/session-keys.ts";
import { shapeOf } from "../../../src/capture/shape/shape.ts";
import { checkContent } from "../../../src/evidence/disclosed-content.ts";
import { readOpenings } from "../../../src/evidence/read-openings.ts";
import { type Draft, RunWriter } from "../../../src/evidence/run-writer.ts";
import { noteOf, TENANT, written } from "../bundles.ts";
import { hexOf, identityOf, OPEN_FACTS, stampOf } from "../records.ts";

const root = loadRootKey({ home: "", env: { CAUM_DIGEST_KEY: "22".repeat(32) } });
const keys = new SessionKeys(root, "s-1");
const other = new SessionKeys(root, "s-2");

interface Call {
  readonly arguments?: unknown;
  readonly result?: unknown;
}

/** A run whose calls have these arguments and results. */
function runOf(number: number, of: SessionKeys, ...calls: readonly Call[]): string[] {
  const run = new RunWriter(identityOf(number));
  const facts = { ...OPEN_FACTS, digestKeyId: of.id, digestKeyCommitment: of.commitment };
  const lines = [run.open(facts, stampOf(number * 100)).line];
  for (const [at, call] of calls.entries()) {
    const hashes = {
      ...("arguments" in call && { argumentsHash: shapeOf(call.arguments, "args", of).hash }),
      ...("result" in call && { resultHash: shapeOf(call.result, "result", of).hash }),
    };
    const draft: Draft = {
      ...stampOf(number * 100 + at + 1),
      category: "tool_api",
      payload: { toolName: `tool-${at}`, status: "ok", ...hashes },
    };
    lines.push(run.append(draft).line);
  }
  return lines;
}
const check = (
  lines: readonly string[],
  content: string | Uint8Array,
  disclosed = [keys.disclose()],
) => checkContent(written({ lines, files: {} }), Buffer.from(content as string), disclosed);

test("a match says whose call it is, where it stands, and which part of it", () => {
  const lines = runOf(
    1,
    keys,
    { arguments: { pin: 7391 }, result: "paid" },
    { result: "other" },
    { result: "paid" },
  );
  const place = { run: hexOf(1, 32), isCut: false };
  expect(check(lines, "paid")).toEqual({
    matches: [
      { part: "result", tool: "tool-0", line: 2, seq: 1, ...place },
      { part: "result", tool: "tool-2", line: 4, seq: 3, ...place },
    ],
    openedRuns: 1,
    closedRuns: 0,
  });
  expect(check(lines, '{"pin":7391}').matches).toEqual([
    { part: "arguments", tool: "tool-0", line: 2, seq: 1, ...place },
  ]);
  expect(check(lines, "nothing of it")).toEqual({ matches: [], openedRuns: 1, closedRuns: 0 });
});

test("arguments are no result, and one call may have both", () => {
  const lines = runOf(1, keys, { arguments: "same", result: "same" });
  expect(check(lines, "same").matches.map(({ part }) => part)).toEqual(["arguments", "result"]);
  expect(
    check(runOf(1, keys, { arguments: "same" }), "same").matches.map(({ part }) => part),
  ).toEqual(["arguments"]);
  expect(check(runOf(1, keys, {}), "same").matches).toEqual([]);
});

const TOOL_RESULT = { content: [{ type: "text", text: "paid" }] };
test.each<[string, unknown, string]>([
  ["text", "paid", "paid"],
  ["text that ends with a newline", "paid\n", "paid\n"],
  ["text to which an editor added a newline", "paid", "paid\n"],
  ["text of two lines", "a\nb", "a\nb\n"],
  ["nothing but the newline of an editor", "", "\n"],
  ["text that is JSON", '{"a":1}', '{"a":1}'],
  ["what JSON says", { a: 1, b: 12.5 }, '{ "b": 12.50,\n "a": 1 }\n'],
  ["a list", [1, 2], "[1, 2]"],
  ["a number", 7, "7"],
  ["null", null, "null"],
  ["a result of MCP of one text", TOOL_RESULT, "paid"],
  ["a result of MCP of one text, said to be no error", { ...TOOL_RESULT, isError: false }, "paid"],
  ["a result of MCP of one text with a newline more", TOOL_RESULT, "paid\n"],
  [
    "the result of an answer of JSON-RPC",
    TOOL_RESULT,
    JSON.stringify({ jsonrpc: "2.0", id: 1, result: TOOL_RESULT }),
  ],
  [
    "the arguments of a request of JSON-RPC",
    { a: 1 },
    JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "tools/call",
      params: { name: "x", arguments: { a: 1 } },
    }),
  ],
  [
    "a result without what the protocol adds",
    TOOL_RESULT,
    JSON.stringify({ ...TOOL_RESULT, _meta: {}, resultType: "x", ttlMs: 1, cacheScope: "y" }),
  ],
  [
    "a result with what the protocol adds",
    { ...TOOL_RESULT, _meta: {} },
    JSON.stringify({ ...TOOL_RESULT, _meta: {} }),
  ],
  [
    "a result in an answer, without what the protocol adds",
    TOOL_RESULT,
    JSON.stringify({ result: { ...TOOL_RESULT, _meta: {} } }),
  ],
])("content may be %s", (_what, value, content) => {
  expect(check(runOf(1, keys, { result: value }), content).matches).toHaveLength(1);
  expect(check(runOf(1, keys, { arguments: value }), content).matches).toHaveLength(1);
});

test.each<[string, unknown, string | Uint8Array]>([
  ["another text", "paid", "Paid"],
  ["a text with two newlines more", "paid", "paid\n\n"],
  ["a text with a space more", "paid", "paid "],
  ["an error of MCP of this text", { ...TOOL_RESULT, isError: true }, "paid"],
  ["JSON that says something else", { a: 1 }, '{"a":2}'],
  ["bytes that are no text", "\ufffd", Buffer.from([0xff])],
])("%s is no match", (_what, value, content) => {
  expect(check(runOf(1, keys, { result: value }), content).matches).toEqual([]);
});

test("long content is matched by its beginning and its length, and that is said", () => {
  const lines = runOf(1, keys, { result: "x".repeat(100_000) });
  expect(check(lines, "x".repeat(100_000)).matches).toMatchObject([{ isCut: true }]);
  expect(check(lines, "x".repeat(100_001)).matches).toEqual([]);
});

test("runs are opened by the keys that are disclosed, and by no other", () => {
  const lines = [...runOf(1, keys, { result: "paid" }), ...runOf(2, other, { result: "paid" })];
  expect(check(lines, "paid")).toMatchObject({
    matches: [{ run: hexOf(1, 32), line: 2 }],
    openedRuns: 1,
    closedRuns: 1,
  });
  const both = check(lines, "paid", [other.disclose(), keys.disclose()]);
  expect(both).toMatchObject({
    matches: [{ line: 2 }, { line: 4, run: hexOf(2, 32) }],
    openedRuns: 2,
    closedRuns: 0,
  });
  expect(check(lines, "paid", [])).toEqual({ matches: [], openedRuns: 0, closedRuns: 2 });
  expect(() => check(lines, "paid", ["hello"])).toThrow("not a disclosed session key");
  // Records before the one that opens their run are under no key.
  expect(check(lines.slice(1), "paid").matches).toEqual([]);
});

test("lines that are no records are passed over, and one that cannot be read ends it", () => {
  const lines = runOf(1, keys, { result: "paid" }, { result: "paid" });
  const linesOf = (of: readonly string[]) => check(of, "paid").matches.map(({ line }) => line);
  expect(linesOf(lines.toSpliced(1, 0, "{}"))).toEqual([3, 4]);
  expect(linesOf(lines.toSpliced(2, 0, "x".repeat(16_385)))).toEqual([2]);
  const torn = { "records.ndjson": lines.join("\n") };
  expect(
    checkContent(written({ lines: [], files: torn }), Buffer.from("paid"), [keys.disclose()]),
  ).toMatchObject({
    matches: [{ line: 2 }],
    openedRuns: 1,
  });
  const opening = lines[0] ?? "";
  const openings = (text: string) =>
    readOpenings(written({ lines: [], files: { "records.ndjson": text } })).length;
  expect([openings(`${opening}\n${opening}`), openings(`${opening}\n${opening}\n`)]).toEqual([
    1, 2,
  ]);
});

test("the openings of a bundle say under which keys its runs are, and whose they are", () => {
  const lines = [...runOf(1, keys, { result: "paid" }), "{}", ...runOf(2, other)];
  const opened = (tenant: string | undefined) =>
    [keys, other].map((of) => ({
      sessionId: "s-1",
      tenant,
      digestKeyId: of.id,
      digestKeyCommitment: of.commitment,
    }));
  expect(readOpenings(written({ lines, files: {} }))).toEqual(opened(undefined));
  const files = { "checkpoints/1.note": noteOf(lines, 1) };
  expect(readOpenings(written({ lines, files }))).toEqual(opened(TENANT));
  const local = files["checkpoints/1.note"].replace(TENANT, "run");
  expect(readOpenings(written({ lines, files: { "checkpoints/1.note": local } }))).toEqual(
    opened(undefined),
  );
  expect(() =>
    readOpenings(written({ lines, files: { "checkpoints/1.note": "hello\n" } })),
  ).toThrow("not a signed note");
});
