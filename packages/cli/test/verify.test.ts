import { execFile } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { formatNote, parseNote } from "../../core/src/evidence/note/note.ts";
import { noteOf } from "../../core/test/evidence/bundles.ts";
import { closedRun, signerOf } from "../../core/test/evidence/records.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const COLLECTOR = signerOf("collector.example/caum");

let folder = "";
let bundle = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "caum-verify-"));
  bundle = join(folder, "bundle");
  const lines = closedRun(1, 3);
  mkdirSync(join(bundle, "checkpoints"), { recursive: true });
  writeFileSync(join(bundle, "records.ndjson"), lines.map((line) => `${line}\n`).join(""));
  writeFileSync(join(bundle, "checkpoints", "head.note"), noteOf(lines, lines.length));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function caum(...words: readonly string[]): Promise<Outcome> {
  const command = ["--conditions=@caum/source", "--no-warnings", MAIN, "verify", ...words];
  return new Promise((resolve) => {
    execFile(process.execPath, command, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

/** A copy of the bundle that may be damaged. */
function copy(name: string): string {
  const target = join(folder, name);
  cpSync(bundle, target, { recursive: true });
  return target;
}

test("says what holds, who signed and what is not proven", async () => {
  const { code, stdout } = await caum(bundle, "--key", COLLECTOR.vkey);
  expect(code).toBe(0);
  expect(stdout).toContain('ok-open: 5 records in 1 run of session "s-1"');
  expect(stdout).toContain("signed by     collector.example/caum");
  expect(stdout).toContain("not proven:");
});

test("says how much is signed, and draws no name that could deceive", async () => {
  const path = join(folder, "tail");
  const lines = closedRun(1, 3, "s-\u202ek\u2028o");
  mkdirSync(join(path, "checkpoints"), { recursive: true });
  writeFileSync(join(path, "records.ndjson"), lines.map((line) => `${line}\n`).join(""));
  const note = noteOf(lines, 2, COLLECTOR, "s-\u202ek\u2028o");
  writeFileSync(join(path, "checkpoints", "head.note"), note);
  const { code, stdout } = await caum(path, "--key", COLLECTOR.vkey);
  expect(code).toBe(12);
  const session = 'of session "s-\\u202ek\\u2028o"';
  expect(stdout).toContain(`ok-open: 5 records in 1 run ${session}, 2 of them under a signed root`);
  expect(stdout).toMatch(/unsigned_tail at records\.ndjson, line 3, run [0-9a-f]{32}, seq 2: /);
  expect(stdout).toContain(
    "not proven:\n  - that the records after number 2 are what was recorded",
  );
  expect(stdout).not.toContain("FAILS");
});

test("the session and the tree that are meant can be named", async () => {
  const key = ["--key", COLLECTOR.vkey];
  const { stdout } = await caum(bundle, ...key, "--json");
  const { origin, sessionId } = JSON.parse(stdout);
  const named = ["--session", sessionId, "--origin", origin];
  expect((await caum(bundle, ...key, ...named)).code).toBe(0);
  expect((await caum(bundle, ...key, "--origin", `${COLLECTOR.name}/`)).code).toBe(0);
  const other = await caum(bundle, ...key, "--session", "another");
  expect(other.code).toBe(1);
  expect(other.stdout).toContain("wrong_session at records.ndjson: ");
  const elsewhere = await caum(bundle, ...key, "--origin", "another.example");
  expect(elsewhere.code).toBe(1);
  expect(elsewhere.stdout).toContain("wrong_origin at checkpoints: ");
  const pack = join(folder, "pack.json");
  writeFileSync(pack, "{}");
  const refused = await caum(pack, ...key, "--session", "s-1");
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("are for a bundle")]);
});

test("--json answers the result, --require-closed decides the exit code", async () => {
  const { code, stdout } = await caum(
    bundle,
    "--key",
    COLLECTOR.vkey,
    "--json",
    "--require-closed",
  );
  expect(code).toBe(10);
  expect(JSON.parse(stdout)).toMatchObject({
    verdict: "ok-open",
    records: 5,
    runs: 1,
    size: 5,
    root: expect.stringMatching(/^[0-9a-f]{64}$/),
    signedBy: [{ name: COLLECTOR.name, role: "signed" }],
    findings: [],
  });
});

test("a policy decides the exit code, and the sentence says what is proved", async () => {
  const policy = join(folder, "policy");
  const witness = signerOf("witness.example");
  const needs = (quorum: string) =>
    writeFileSync(
      policy,
      `log ${COLLECTOR.vkey}\nwitness W ${witness.cosignerKey}\nquorum ${quorum}\n`,
    );
  needs("none");
  const held = await caum(bundle, "--policy", policy);
  expect(held.code).toBe(0);
  expect(held.stdout).toContain("All 5 records are as collector.example/caum signed them");
  expect(held.stdout).toContain("holds  policy: ");
  needs("W");
  const unmet = await caum(bundle, "--policy", policy, "--json");
  expect(unmet.code).toBe(6);
  expect(JSON.parse(unmet.stdout)).toMatchObject({
    verdict: "ok-open",
    policy: { holds: false, unmet: ["the quorum W did not co-sign all records"] },
  });
  expect((await caum(bundle, "--policy", policy)).stdout).toContain("FAILS  policy: the quorum W");
  const seen = copy("seen");
  const { text, signatures } = parseNote(readFileSync(join(seen, "checkpoints", "head.note")));
  const line = witness.cosign(text, 1_795_000_000);
  const note = formatNote({ text, signatures: [...signatures, line] });
  writeFileSync(join(seen, "checkpoints", "head.note"), note);
  const told = await caum(seen, "--policy", policy);
  expect(told.stdout).toMatch(
    /co-signed by\s+witness\.example \S+ since size 5, up to 5, at 2026-11-18T\S+Z at the latest/,
  );
  expect(told.code).toBe(0);
  writeFileSync(policy, "quorum W\n");
  const refused = await caum(bundle, "--policy", policy);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("line 1")]);
});

test("names file, line, run and seq of what was changed", async () => {
  const damaged = copy("damaged");
  const lines = closedRun(1, 3);
  lines[1] = lines[1]?.replace('"durationMs":12', '"durationMs":13') ?? "";
  writeFileSync(join(damaged, "records.ndjson"), lines.map((line) => `${line}\n`).join(""));
  const { code, stdout } = await caum(damaged, "--key", COLLECTOR.vkey);
  expect(code).toBe(1);
  expect(stdout).toMatch(/altered at records\.ndjson, line 2, run [0-9a-f]{32}, seq 1: /);
});

test.each([
  ["no key", () => [bundle], "no key"],
  ["no bundle", () => [], "missing required argument"],
  ["an unknown option", () => [bundle, "--quick"], "unknown option"],
  ["a key that is none", () => [bundle, "--key", "x"], "not a verifier key"],
  [
    "a path that is not there",
    () => [join(folder, "nowhere"), "--key", COLLECTOR.vkey],
    "no such file",
  ],
  [
    "a size that is none",
    () => [bundle, "--key", COLLECTOR.vkey, "--expect-size", "many"],
    "no number",
  ],
  [
    "a root that is none",
    () => [bundle, "--key", COLLECTOR.vkey, "--expect-root", "00"],
    "no hash",
  ],
])("%s is wrong usage", async (_what, words, message) => {
  const { code, stderr } = await caum(...words());
  expect(code).toBe(2);
  expect(stderr).toContain(message);
  expect(stderr).not.toContain("    at ");
});

test("a size or root known from elsewhere is held against the records", async () => {
  const words = [bundle, "--key", COLLECTOR.vkey];
  expect((await caum(...words, "--expect-size", "6")).code).toBe(4);
  expect((await caum(...words, "--expect-size", "5", "--expect-root", "0".repeat(64))).code).toBe(
    1,
  );
});

test.each([
  ["an empty folder", (path: string) => mkdirSync(path)],
  ["an empty file", (path: string) => writeFileSync(path, "")],
  ["a text file", (path: string) => writeFileSync(path, "hello\n".repeat(500))],
  [
    "a folder without records",
    (path: string) => mkdirSync(join(path, "checkpoints"), { recursive: true }),
  ],
  [
    "a folder whose records are a link",
    (path: string) => {
      mkdirSync(path);
      symlinkSync("/etc/hostname", join(path, "records.ndjson"));
    },
  ],
  [
    "a folder whose checkpoints are a link",
    (path: string) => {
      mkdirSync(path);
      writeFileSync(join(path, "records.ndjson"), "");
      symlinkSync("/etc", join(path, "checkpoints"));
    },
  ],
  [
    "a line of two gigabytes",
    (path: string) => {
      mkdirSync(path);
      writeFileSync(join(path, "records.ndjson"), "{");
      truncateSync(join(path, "records.ndjson"), 2 ** 31);
    },
  ],
])("%s is malformed and said to be", async (what, make) => {
  const path = join(folder, what.replaceAll(" ", "-"));
  make(path);
  const { code, stdout, stderr } = await caum(path, "--key", COLLECTOR.vkey);
  expect(code).toBe(3);
  expect(stdout).toMatch(/not a bundle|longer than 16 KiB/);
  expect(stderr).toBe("");
});
