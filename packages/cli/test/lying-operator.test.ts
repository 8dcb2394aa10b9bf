/** An operator who has every key of the collector, against a witness, a kept head and the log. */
import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCollector } from "@caum/collector";
import { Signer } from "@caum/core/collector";
import { parseNote, sessionTag, type Verification } from "@caum/core/verify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { HeadLog } from "../../collector/src/head-log/head-log.ts";
import { openSqliteStore } from "../../collector/src/store/sqlite/sqlite-store.ts";
import { formatNote } from "../../core/src/evidence/note/note.ts";
import { signCheckpoint } from "../../core/src/evidence/note/signer.ts";
import { formatTlogProof } from "../../core/src/evidence/note/tlog-proof.ts";
import { hashLeaf } from "../../core/src/evidence/tree/leaf.ts";
import { proveInclusion, rootOf, subtreeRoots } from "../../core/src/evidence/tree/proofs.ts";
import { tarOf } from "../../core/test/evidence/bundle/archives.ts";
import { edited, rehashed } from "../../core/test/evidence/bundles.ts";
import { hasPython, verifyWithPython } from "../../core/test/evidence/python-verifier.ts";

const MAIN = join(import.meta.dirname, "../src/main.ts");
const WITNESS = new Signer("witness.example/w", Buffer.alloc(32, 9));
const TAGS = { a: sessionTag("a"), b: sessionTag("b"), c: sessionTag("c") };

let folder = "";
/** What the operator has. */
let operator: Signer;
let policy = "";
/** All sessions, and session `a` as it was after one record. */
let honest = "";
let younger = "";

interface Outcome {
  readonly code: number;
  readonly text: string;
}

function caum(...words: readonly string[]): Promise<Outcome> {
  const command = ["--conditions=@caum/source", "--no-warnings", MAIN, ...words];
  return new Promise((resolve) => {
    execFile(process.execPath, command, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, text: stdout + stderr });
    });
  });
}

const verify = (path: string, ...words: readonly string[]) =>
  caum("verify", path, "--key", operator.vkey, ...words);
const byPolicy = (path: string) => caum("verify", path, "--policy", policy);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "caum-operator-"));
  const data = join(folder, "data");
  const started = () => startCollector({ data, port: 0, env: {} });
  let collector = await started();
  const headers = {
    authorization: `Bearer ${collector.apiKey}`,
    "content-type": "application/json",
  };
  const post = async (path: string, body: unknown) => {
    const init = { method: "POST", headers, body: JSON.stringify(body) };
    expect((await fetch(`${collector.url}${path}`, init)).status).toBe(200);
  };
  const out = (name: string) => join(folder, name);
  const exported = async (name: string, ...words: readonly string[]) => {
    const place = ["--url", collector.url, "--key", collector.apiKey];
    const { code, text } = await caum("export", ...words, "--out", out(name), ...place);
    expect({ code, text: code === 0 ? "" : text }).toEqual({ code: 0, text: "" });
    return out(name);
  };
  for (const id of ["a", "b", "c"]) {
    await post("/v1/step", { session_id: id, step: 1, tool: "bash", status: "ok" });
    if (id === "a") younger = await exported("younger.tar", "a");
    await post("/v1/step", { session_id: id, step: 2, tool: "read", status: "ok" });
    await post(`/v1/session/${id}/end`, {});
  }
  await collector.close();
  operator = Signer.parse(readFileSync(join(data, "keys", "signing.key"), "utf8"));
  const log = await cosignLog(data);
  collector = await started();
  honest = await exported("honest", "--all");
  await collector.close();
  policy = out("policy");
  const lines = [`log ${operator.vkey}`, `witness w ${WITNESS.cosignerKey}`, "quorum w", ""];
  writeFileSync(policy, lines.join("\n"));
  expect(log).toBe(readFileSync(join(honest, "log/checkpoint.note"), "utf8"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The witness sees the log, as the submission to witnesses would have it. @returns the checkpoint */
async function cosignLog(data: string): Promise<string> {
  const store = await openSqliteStore(data);
  const onFailure = (failure: Error) => {
    throw failure;
  };
  const logs = new HeadLog({ store, signer: operator, clock: Date.now, onFailure });
  const [log] = await logs.changedSince(0);
  const newest = await log?.latest();
  const cosigned = cosign(newest?.note ?? "");
  await log?.keep(newest?.size ?? 0, [cosigned.split("\n").at(-2) ?? ""]);
  await store.close();
  return cosigned;
}

function cosign(note: string, seconds = Math.floor(Date.now() / 1_000)): string {
  const { text, signatures } = parseNote(Buffer.from(note));
  return formatNote({ text, signatures: [...signatures, WITNESS.cosign(text, seconds)] });
}

let copies = 0;
/** A copy of what was exported, to lie with. */
function copy(): string {
  const path = join(folder, `lie-${copies++}`);
  cpSync(honest, path, { recursive: true });
  return path;
}

const entriesIn = (place: string): readonly string[] =>
  readFileSync(join(place, "log/entries.txt"), "utf8").match(/(?:[^\n]*\n){3}/g) ?? [];

/** The log with these entries, signed with the operator's key. @returns its checkpoint */
function logOf(entries: readonly string[]): string {
  const [origin = ""] = parseNote(readFileSync(join(honest, "log/checkpoint.note"))).text.split(
    "\n",
  );
  const checkpoint = { origin, size: entries.length, root: rootOf(entries.map(hashLeaf)) };
  return signCheckpoint(checkpoint, operator.named(origin));
}

function putLog(place: string, entries: readonly string[], note = logOf(entries)): void {
  writeFileSync(join(place, "log/entries.txt"), entries.join(""));
  writeFileSync(join(place, "log/checkpoint.note"), note);
}

/** Session `a` rewritten as a whole: every link, every root and every signature is right. */
function rewritten(logProof?: (entry: string) => string): { text: string; tar: Buffer } {
  const bundle = readFileSync(join(honest, "sessions", `${TAGS.a}.tar`), "latin1");
  const first = bundle.indexOf('{"agentId"');
  const lines = bundle.slice(first, bundle.indexOf("\0", first)).trimEnd().split("\n");
  const changed = rehashed(lines.with(2, edited(lines[2] ?? "", { status: "error" })));
  const leaves = changed.map(hashLeaf);
  const origin = `${(entriesIn(honest)[0] ?? "").split("\n")[0]?.slice(0, -32)}${TAGS.a}`;
  const checkpoint = { origin, size: leaves.length, root: rootOf(leaves) };
  const note = signCheckpoint(checkpoint, operator);
  const { text } = parseNote(Buffer.from(note));
  const files = [
    { name: "checkpoints/1.note", text: note },
    { name: "records.ndjson", text: changed.map((line) => `${line}\n`).join("") },
    ...(logProof ? [{ name: `log/${leaves.length}.tlog-proof`, text: logProof(text) }] : []),
  ];
  return { text, tar: tarOf(files) };
}

function proofOf(entries: readonly string[], index: number, note: string): string {
  const hashes = proveInclusion(index, entries.length, subtreeRoots(entries.map(hashLeaf)));
  return formatTlogProof({ index, hashes, note });
}

function lie(name: string, bytes: Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

test("what is true verifies: each session, and all of them with the log", async () => {
  const one = join(honest, "sessions", `${TAGS.a}.tar`);
  const bundle = await byPolicy(one);
  expect(bundle.text).toContain("(their head is in the collector's log)");
  expect(bundle.text).toContain(`${WITNESS.name} co-signed them, at `);
  expect(bundle.code).toBe(0);
  const all = await byPolicy(honest);
  expect(all.text).toContain("ok: 3 of 3 sessions hold, 12 records");
  expect(all.text).toContain(`${WITNESS.name} co-signed, at `);
  expect(all.code).toBe(0);
  const kept = join(honest, "log/checkpoint.note");
  expect((await verify(honest, "--head", kept)).code).toBe(0);
  expect((await verify(one, "--head", kept)).code).toBe(0);
});

test.skipIf(!hasPython)("verify.py says the same of a session", async () => {
  const path = join(honest, "sessions", `${TAGS.a}.tar`);
  const keys = [operator.vkey, WITNESS.cosignerKey];
  const [answer] = verifyWithPython([{ path, keys }]);
  const { text } = await caum("verify", path, "--key", operator.vkey, "--json");
  const { logged } = JSON.parse(text) as Verification;
  expect(answer).toMatchObject({ verdict: "ok", logged });
  expect(logged).toBe(4);
});

test("a session that is rewritten with all keys is caught by the bundle alone", async () => {
  const entries = entriesIn(honest);
  const note = readFileSync(join(honest, "log/checkpoint.note"), "utf8");
  const index = entries.findLastIndex((text) => text.includes(TAGS.a));
  const withProof = lie("rewritten.tar", rewritten(() => proofOf(entries, index, note)).tar);
  const found = await verify(withProof);
  expect(found.text).toContain("not_in_log");
  expect(found.code).toBe(1);
  const without = lie("without.tar", rewritten().tar);
  expect((await byPolicy(without)).code).toBe(6);
  const { text } = rewritten();
  const other = lie("other.tar", rewritten(() => proofOf([text], 0, logOf([text]))).tar);
  expect((await byPolicy(other)).text).toContain("the quorum w did not co-sign all records");
});

test("before a witness saw it, a rewrite is said to be unproved", async () => {
  const without = await verify(lie("unproved.tar", rewritten().tar));
  expect(without.text).toContain("not proved: when, and that who signed did not rewrite them all");
  expect(without.text).toContain(
    "that the signer did not rewrite it as a whole: nobody co-signed it",
  );
});

test("a rewrite that is logged again, and shown to the witness, is two histories in one log", async () => {
  const place = copy();
  const { text, tar } = rewritten();
  const entries = [...entriesIn(honest), text];
  putLog(place, entries, cosign(logOf(entries)));
  writeFileSync(join(place, "sessions", `${TAGS.a}.tar`), tar);
  const { code, text: said } = await byPolicy(place);
  expect(said).toContain("the log holds two histories of this session");
  expect(code).toBe(1);
});

test("a log that is rolled back is caught by a head that was kept, and by the witness's absence", async () => {
  const place = copy();
  const kept = join(honest, "log/checkpoint.note");
  const entries = entriesIn(honest).filter((text) => !text.includes(TAGS.c));
  putLog(place, entries);
  rmSync(join(place, "sessions", `${TAGS.c}.tar`));
  const found = await verify(place, "--head", kept);
  expect(found.text).toContain("the log was rolled back: it held");
  expect(found.code).toBe(5);
  expect((await byPolicy(place)).code).not.toBe(0);
});

test("a session that is cut back to an earlier head is caught by the log", async () => {
  const place = copy();
  cpSync(younger, join(place, "sessions", `${TAGS.a}.tar`));
  expect((await verify(younger)).code).toBe(0);
  const { code, text } = await verify(place);
  expect(text).toContain(`incomplete at session ${TAGS.a}: the log holds a head of 4 records`);
  expect(code).toBe(4);
});

test("two readers who are shown two logs find it when one has the other's head", async () => {
  const place = copy();
  const { text } = rewritten();
  const index = entriesIn(honest).findLastIndex((entry) => entry.includes(TAGS.a));
  const entries = entriesIn(honest).with(index, text);
  putLog(place, entries);
  const bundle = rewritten(() => proofOf(entries, index, logOf(entries))).tar;
  writeFileSync(join(place, "sessions", `${TAGS.a}.tar`), bundle);
  const kept = join(honest, "log/checkpoint.note");
  const all = await verify(place, "--head", kept);
  expect(all.text).toContain("the log is another one than was kept");
  expect(all.code).toBe(5);
  const one = await verify(lie("forked.tar", bundle), "--head", kept);
  expect(one.text).toContain("log_fork");
  expect(one.code).toBe(5);
  expect((await byPolicy(lie("alone.tar", bundle))).code).toBe(6);
});

test("a session that was logged in another log than the one that is shown is found", async () => {
  const place = copy();
  const index = entriesIn(honest).findLastIndex((entry) => entry.includes(TAGS.a));
  const entries = entriesIn(honest).with(
    0,
    entriesIn(honest)[0]?.replace(/\n\d+\n/, "\n9\n") ?? "",
  );
  const bundle = rewritten(() => proofOf(entries, index, logOf(entries)));
  putLog(place, entriesIn(honest).with(index, bundle.text));
  const other = rewritten(() =>
    proofOf(entries.with(index, bundle.text), index, logOf(entries.with(index, bundle.text))),
  ).tar;
  writeFileSync(join(place, "sessions", `${TAGS.a}.tar`), other);
  const { text } = await verify(place);
  expect(text).toContain("it was logged in another log than this one, by the same name");
});

test("entries of a key that the collector had before are entries of its log", async () => {
  const place = copy();
  const older = entriesIn(honest)[0]?.replace(/^[^/]+/, "caum-collector-before") ?? "";
  const entries = [older, ...entriesIn(honest).slice(1)];
  putLog(place, entries);
  for (const tag of Object.values(TAGS)) rmSync(join(place, "sessions", `${tag}.tar`));
  writeFileSync(join(place, "log/deleted.txt"), Object.values(TAGS).join("\n"));
  expect((await verify(place)).text).toContain("ok-redacted: 0 of 0 sessions hold");
  const foreign = older.replace(/\/[^/\n]+\/(?=[0-9a-f]{32}\n)/, "/01J9ZQ4M7C3T8V5X2R6N1B0KDF/");
  putLog(place, [foreign, ...entriesIn(honest).slice(1)]);
  expect((await verify(place)).text).toContain("not the entries of this log");
});

test("a session that is dropped is named, and one that was deleted is told", async () => {
  const place = copy();
  rmSync(join(place, "sessions", `${TAGS.c}.tar`));
  const dropped = await byPolicy(place);
  expect(dropped.text).toContain(
    `incomplete at session ${TAGS.c}: the log holds a head of 4 records, and the session is not here`,
  );
  expect(dropped.code).toBe(4);
  writeFileSync(join(place, "log/deleted.txt"), `${TAGS.c}\n`);
  const deleted = await byPolicy(place);
  expect(deleted.text).toContain("ok-redacted");
  expect(deleted.text).toContain("what 1 deleted sessions held, and who deleted them");
});

test("entries that are left out, changed or added are found", async () => {
  const all = entriesIn(honest);
  const note = readFileSync(join(honest, "log/checkpoint.note"), "utf8");
  const checked = async (entries: readonly string[]) => {
    const place = copy();
    putLog(place, entries, note);
    return (await verify(place)).code;
  };
  expect(await checked(all.slice(1))).toBe(4);
  expect(await checked([...all.slice(1), all[0] ?? ""])).toBe(1);
  expect(await checked([...all, all[0]?.replace(/\n\d+\n/, "\n9\n") ?? ""])).toBe(1);
  expect(await checked(["hello\n"])).toBe(3);
  const place = copy();
  writeFileSync(
    join(place, "log/checkpoint.note"),
    signCheckpoint({ origin: "x", size: 0, root: rootOf([]) }, operator),
  );
  expect((await verify(place)).code).toBe(3);
});
