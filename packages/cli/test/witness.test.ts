/** `caum witness` as a process: how it starts and ends, and what it signs when it is killed. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { sha256 } from "@caum/core/collector";
import { parseCheckpoint, parseNote, parseVerifierKey, verifySignatures } from "@caum/core/verify";
import { afterEach, beforeEach, expect, test } from "vitest";
import { GrownLog, post } from "../../collector/test/witness/grown-log.ts";

const MAIN = join(import.meta.dirname, "../src/main.ts");
/** Every start is a process that reads its sources. */
const SLOW = { timeout: 120_000 };

let home: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "caum-witness-"));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  rmSync(home, { recursive: true, force: true });
});

function caum(...words: readonly string[]) {
  const child = spawn(
    process.execPath,
    ["--conditions=@caum/source", "--no-warnings", MAIN, "witness", ...words],
    { env: { ...process.env, CAUM_HOME: home }, stdio: ["ignore", "pipe", "pipe"] },
  );
  children.push(child);
  return child;
}

async function ended(child: ChildProcess): Promise<{ code: number | null; error: string }> {
  let error = "";
  child.stderr?.on("data", (chunk) => (error += chunk));
  const [code] = await once(child, "close");
  return { code, error };
}

interface Started {
  readonly child: ChildProcess;
  readonly url: string;
  readonly verifierKey: string;
}

async function started(...words: readonly string[]): Promise<Started> {
  const child = caum("--port", "0", "--json", ...words);
  const lines = createInterface({ input: child.stdout as NonNullable<typeof child.stdout> });
  const { value } = await lines[Symbol.asyncIterator]().next();
  return { child, ...JSON.parse(String(value)) };
}

const VKEY = new GrownLog().signer.vkey;

test(
  "it says its key, keeps it, is alone with its folder, and stops on SIGTERM",
  SLOW,
  async () => {
    const first = await started("--log", VKEY, "--name", "auditor.example/w1");
    expect(first).toMatchObject({
      verifierKey: expect.stringMatching(/^auditor\.example\/w1\+[0-9a-f]{8}\+B/),
      data: join(home, "witness"),
      keys: ["log.example/caum"],
      seen: [],
    });
    expect((await post(first.url, new GrownLog().grow(2).submission(0))).status).toBe(200);
    expect(await ended(caum("--port", "0", "--log", VKEY))).toMatchObject({
      code: 2,
      error: expect.stringContaining(`in use by process ${first.child.pid}`),
    });
    first.child.kill("SIGTERM");
    expect((await ended(first.child)).code).toBe(0);

    const file = join(home, "keys.txt");
    writeFileSync(file, `# logs\n${VKEY}\n`);
    const child = caum("--port", "0", "--logs", file);
    const [told] = await once(child.stdout as NonNullable<typeof child.stdout>, "data");
    expect(String(told)).toContain(`  verifier key  ${first.verifierKey}\n`);
    expect(String(told)).toContain("  seen          log.example/caum up to 2\n");
    child.kill("SIGINT");
    expect((await ended(child)).code).toBe(0);
  },
);

test("what it cannot start with is one sentence", SLOW, async () => {
  const wrong = [
    [[], "name the key of one with --log"],
    [["--log", "x"], "not a verifier key"],
    [["--log", VKEY, "--port", "many"], "--port takes a whole number"],
    [["--logs", join(home, "none")], "ENOENT"],
  ] as const;
  for (const [words, sentence] of wrong) {
    const { code, error } = await ended(caum(...words));
    expect({ code, lines: error.split("\n").length }).toEqual({ code: 2, lines: 2 });
    expect(error).toContain(sentence);
  }
  const running = await started("--log", VKEY);
  await post(running.url, new GrownLog().grow(2).submission(0));
  running.child.kill("SIGKILL");
  await ended(running.child);
  const logs = join(home, "witness", "logs");
  writeFileSync(join(logs, readdirSync(logs)[0] ?? ""), "nothing");
  const { code, error } = await ended(caum("--log", VKEY));
  expect({ code, lines: error.split("\n").length }).toEqual({ code: 2, lines: 2 });
  expect(error).toContain("is damaged: a witness that forgets can sign two trees");
});

const ROUNDS = 8;
const BRANCHES = 6;

test(
  "killed again and again, it signs one tree, and what grows is never refused",
  SLOW,
  async () => {
    const origin = new GrownLog().origin;
    const signed = new Map<number, { readonly root: string; readonly timeSeconds: number }>();
    let log = new GrownLog();
    let branches: readonly GrownLog[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const { child, url, verifierKey } = await started("--log", VKEY);
      const key = parseVerifierKey(verifierKey);
      const submit = async (one: GrownLog, old: number) => {
        const answer = await post(url, one.submission(old)).catch(() => undefined);
        const line = await answer?.text().catch(() => "");
        if (answer?.status !== 200 || !line) return answer?.status;
        const { text } = parseNote(Buffer.from(one.note()));
        const [own] = verifySignatures(parseNote(Buffer.from(`${text}\n${line}`)), [key]);
        const timeSeconds = own?.timeSeconds ?? 0;
        const before = signed.get(one.size);
        expect(before?.root ?? one.root()).toBe(one.root());
        expect(timeSeconds).toBeGreaterThanOrEqual(before?.timeSeconds ?? 1);
        signed.set(one.size, { root: one.root(), timeSeconds });
        return 200;
      };
      // One of the branches that were under way when it was killed may have been the one, or none.
      const stands = await fetch(`${url}/${sha256(origin)}/checkpoint`);
      const seen = stands.status === 200 ? parseNote(Buffer.from(await stands.text())) : undefined;
      const { size, root } = seen ? parseCheckpoint(seen.text) : { size: 0, root: log.root(0) };
      expect(size).toBeGreaterThanOrEqual(Math.max(0, ...signed.keys()));
      const grown = [log, ...branches].find((one) => one.size === size && one.root() === root);
      expect(grown, "what it remembers is what a log sent").toBeDefined();
      // While none of them was it, each of them still may.
      const others = grown === log ? [] : branches.filter((one) => one !== grown);
      for (const other of others) {
        for (const old of [log.size, size])
          expect([400, 409, 422]).toContain(await submit(other, old));
      }
      log = grown ?? log;
      expect(await submit(log, size)).toBe(200);
      const base = log.grow(2);
      expect(await submit(base, size)).toBe(200);
      branches = Array.from({ length: BRANCHES }, (_, at) =>
        base.branch(base.size).grow(1 + (at % 3), `${round}.${at}.`),
      );
      const under = branches.map((branch) => submit(branch, base.size));
      // Whenever this is, what was answered is what it goes on with.
      await new Promise((resolve) => setTimeout(resolve, round * 2));
      child.kill("SIGKILL");
      await Promise.all([...under, ended(child)]);
    }
    expect(signed.size).toBeGreaterThan(ROUNDS);
  },
);
