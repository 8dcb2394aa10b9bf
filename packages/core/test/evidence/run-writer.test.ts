/** A run as it is written: places, links, ids and the longest line. */
import { expect, test } from "vitest";
import { readRun, signRun } from "../../src/evidence/local-run.ts";
import { parseCheckpoint } from "../../src/evidence/note/checkpoint.ts";
import { parseNote } from "../../src/evidence/note/note.ts";
import { runOrigin } from "../../src/evidence/note/origin.ts";
import { type Draft, type RunIdentity, RunWriter, runIdOf } from "../../src/evidence/run-writer.ts";
import { hashLeaf } from "../../src/evidence/tree/leaf.ts";
import { rootOf } from "../../src/evidence/tree/proofs.ts";
import { leavesOf, WRITER, written } from "./bundles.ts";
import { hexOf, identityOf, OPEN_FACTS, signerOf, stampOf, toolDraft } from "./records.ts";
import { told } from "./told.ts";

function opened(identity: RunIdentity = identityOf(1)) {
  const run = new RunWriter(identity);
  return { run, open: run.open(OPEN_FACTS, stampOf(1)) };
}

test("each record has the next seq, the leaf of the one before it, and a leaf of its own", () => {
  const { run, open } = opened();
  expect([new RunWriter(identityOf(1)).head, new RunWriter(identityOf(1)).size]).toEqual([
    "0".repeat(64),
    0,
  ]);
  const appended = [
    open,
    run.append(toolDraft(2)),
    run.append(toolDraft(3)),
    run.close(4, stampOf(4)),
  ];
  const records = appended.map(({ line }) => JSON.parse(line));
  expect(appended.map(({ seq }) => seq)).toEqual([0, 1, 2, 3]);
  expect(records.map(({ payload }) => payload.seq)).toEqual([0, 1, 2, 3]);
  expect(appended.map(({ leaf }) => leaf)).toEqual(appended.map(({ line }) => hashLeaf(line)));
  expect(records.map(({ previousHash }) => previousHash)).toEqual([
    "0".repeat(64),
    ...appended.slice(0, -1).map(({ leaf }) => leaf),
  ]);
  expect(records[3].payload).toEqual({ type: "close", seq: 3, events: 3, dropped: 4 });
  expect(run.state).toMatchObject({ seq: 4, head: appended[3]?.leaf, tree: { size: 4 } });
  expect(run.root).toBe(rootOf(appended.map(({ leaf }) => leaf)));
});

test("a run is opened once, first, and says so", () => {
  const run = new RunWriter(identityOf(1));
  const first = "run_not_open: the first record of a run is its open record";
  expect(told(() => run.append(toolDraft(1)))).toBe(first);
  expect(told(() => run.close(0, stampOf(1)))).toBe(first);
  run.open(OPEN_FACTS, stampOf(1));
  expect(told(() => run.open(OPEN_FACTS, stampOf(2)))).toBe(
    "invalid_state: a run opens once: start a new run",
  );
  expect(run.size).toBe(1);
});

const ID = "must be 1 to 255 characters of text without control characters";
const RUN_ID = "invalid_id: runId must be 32 lower-case hex characters";
test.each<[string, Partial<RunIdentity>, string]>([
  ["no agent", { agentId: "" }, `invalid_id: agentId ${ID}`],
  ["a long agent", { agentId: "a".repeat(256) }, `invalid_id: agentId ${ID}`],
  ["no session", { sessionId: "" }, `invalid_id: sessionId ${ID}`],
  ["a session with a newline", { sessionId: "a\n" }, `invalid_id: sessionId ${ID}`],
  ["no run", { runId: "" }, RUN_ID],
  ["a short run", { runId: hexOf(1, 31) }, RUN_ID],
  ["a long run", { runId: hexOf(1, 33) }, RUN_ID],
  ["a run in upper case", { runId: hexOf(1, 32).toUpperCase() }, RUN_ID],
  ["a run with a newline", { runId: `${hexOf(1, 32)}\n` }, RUN_ID],
])("%s is no identity of a run", (_what, change, why) => {
  expect(told(() => new RunWriter({ ...identityOf(1), ...change }))).toBe(why);
});

const FACTS = {
  traceId: "trace",
  correlationId: "correlation",
  parentEventId: "parent",
  causationEventId: "causation",
  agentVersion: "1.0",
  toolType: "http",
  targetSystem: "crm",
  operation: "get",
  initiatorType: "human",
  initiatorId: "initiator",
  sourceFramework: "framework",
  actorType: "actor-type",
  actorId: "actor",
} as const;

test("what the run says of all its records stands in each, and a record may say otherwise", () => {
  const { run, open } = opened({ ...identityOf(1), ...FACTS });
  const other = Object.fromEntries(
    Object.entries(FACTS).map(([name, value]) => [
      name,
      name === "initiatorType" ? "agent" : `${value}-2`,
    ]),
  );
  const lines = [
    open,
    run.append(toolDraft(2)),
    run.append({ ...toolDraft(3), ...other } as Draft),
  ];
  const [first, second, third] = lines.map(({ line }) => JSON.parse(line));
  expect(first).toMatchObject(FACTS);
  expect(second).toMatchObject(FACTS);
  expect(third).toMatchObject(other);
  const bare = JSON.parse(opened().open.line);
  for (const name of Object.keys(FACTS)) expect(bare).not.toHaveProperty(name);
});

test("a line of 16 KiB is written, one byte more is refused, and the run stays as it was", () => {
  const { run } = opened();
  const sized = (length: number, letter = "x") => {
    const draft = toolDraft(2);
    const { line } = new RunWriter(run.identity, run.state).append({
      ...draft,
      payload: { ...draft.payload, argumentsSignature: "" },
    } as Draft);
    const room = (length - Buffer.byteLength(line)) / Buffer.byteLength(letter);
    const payload = { ...draft.payload, argumentsSignature: letter.repeat(room) };
    return { ...draft, payload } as Draft;
  };
  const before = run.state;
  const why = "line_too_long: a record is at most 16 KiB: shorten its labels";
  expect(told(() => run.append(sized(16_385)))).toBe(why);
  expect(run.state).toEqual(before);
  const { line } = run.append(sized(16_384));
  expect(Buffer.byteLength(line)).toBe(16_384);
  // Bytes count, not characters.
  const { run: next } = opened();
  const draft = toolDraft(2);
  const wide = {
    ...draft,
    payload: { ...draft.payload, argumentsSignature: "\u20ac".repeat(5_461) },
  } as Draft;
  expect(told(() => next.append(wide))).toBe(why);
  expect(
    next.append({
      ...draft,
      payload: { ...draft.payload, argumentsSignature: "\u20ac".repeat(5_000) },
    } as Draft).seq,
  ).toBe(1);
});

test("an id of a run is its random bytes, but for the letter of collectors", () => {
  const bytes = (start: number) =>
    Buffer.from([start, ...Array.from({ length: 15 }, (_, at) => at)]);
  const rest = Array.from({ length: 15 }, (_, at) => at.toString(16).padStart(2, "0")).join("");
  expect(runIdOf(bytes(0xc0))).toBe(`d0${rest}`);
  expect(runIdOf(bytes(0xcf))).toBe(`df${rest}`);
  expect(runIdOf(bytes(0xbc))).toBe(`bc${rest}`);
  expect(runIdOf(bytes(0xd0))).toBe(`d0${rest}`);
});

test("a run on the disk says where it stands, and whether it is closed", () => {
  const { run, open } = opened(identityOf(1, "s/1"));
  const lines = [open.line, run.append(toolDraft(2)).line];
  const folder = () => written({ lines, files: {} });
  const { agentId, sessionId, runId } = run.identity;
  expect(readRun(folder())).toEqual({
    identity: { agentId, sessionId, runId },
    open: JSON.parse(open.line),
    state: run.state,
    size: 2,
    root: run.root,
    closed: false,
    byteLength: Buffer.byteLength(lines.join("\n")) + 1,
  });
  lines.push(run.close(0, stampOf(3)).line);
  expect(readRun(folder())).toMatchObject({ size: 3, closed: true, root: rootOf(leavesOf(lines)) });
  // What comes behind its close opens it again.
  lines.push(run.append(toolDraft(4)).line);
  expect(readRun(folder())).toMatchObject({ size: 4, closed: false });
});

const [first = "", second = "", third = ""] = (() => {
  const { run, open } = opened();
  return [open, run.append(toolDraft(2)), run.append(toolDraft(3))].map(({ line }) => line);
})();
const NO_LINE = "invalid_bundle: not a local run: a line is no record";
const UNLINKED = "invalid_bundle: not a local run: its records are not linked";
test.each<[string, readonly string[], string]>([
  ["no record", [], "invalid_bundle: not a local run: it holds no record"],
  ["a line that is none", [first, "{}"], NO_LINE],
  ["a line that is too long", [first, "x".repeat(16_385)], NO_LINE],
  ["a missing record", [first, third], UNLINKED],
  ["no open record", [second, third], UNLINKED],
  ["a record twice", [first, second, second], UNLINKED],
  ["records in another order", [first, third, second], UNLINKED],
  ["a record of another run", [first, second.replace(hexOf(1, 32), hexOf(2, 32))], UNLINKED],
  ["a record of another session", [first, second.replace('"s-1"', '"s-2"')], UNLINKED],
  [
    "a record with another link",
    [first, second.replace(/"previousHash":"./, '"previousHash":"x').replace('"x', '"0')],
    UNLINKED,
  ],
])("a folder with %s is no run that may be signed", (_what, lines, why) => {
  expect(told(() => readRun(written({ lines, files: {} })))).toBe(why);
});

test("a line that was torn is left out, and one that is no text is not", () => {
  const torn = written({ lines: [first, second], files: {} });
  expect(readRun(torn).size).toBe(2);
  const files = { "records.ndjson": `${first}\n${second}\n{"agentId"` };
  expect(readRun(written({ lines: [], files }))).toMatchObject({
    size: 2,
    byteLength: Buffer.byteLength(`${first}\n${second}\n`),
  });
  expect(
    told(() => readRun(written({ lines: [], files: { "records.ndjson": '{"agentId"' } }))),
  ).toBe("invalid_bundle: not a local run: it holds no record");
});

test("a local run is signed by its origin, by one key or by both while one is replaced", () => {
  const { run } = opened(identityOf(1, "s/1"));
  const next = signerOf("caum-writer-next");
  const { text, signatures } = parseNote(Buffer.from(signRun(run, WRITER, next)));
  expect(parseCheckpoint(text)).toEqual({
    origin: runOrigin(WRITER.name, "s/1", run.identity.runId),
    size: 1,
    root: run.root,
  });
  expect(signatures.map(({ name }) => name)).toEqual([WRITER.name, next.name]);
});
