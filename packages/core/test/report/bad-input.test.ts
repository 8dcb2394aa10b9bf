/** What a person can get wrong: one warning for each cause, and the agent does not notice. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createObserver, type ObserverProblem } from "../../src/index.ts";
import { readUpstreams, spoolProblem } from "../../src/report/settings/index.ts";
import { type Misdeed, Receiver } from "./receiver.ts";

const NOBODY = 65_534;
const CALLS = 50;
const NOWHERE = "http://127.0.0.1:1";

let home: string;
let receiver: Receiver;
const problems: ObserverProblem[] = [];

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "caum-bad-input-"));
  receiver = await new Receiver().listen();
  problems.length = 0;
});

afterEach(async () => {
  await receiver.close();
  chmodSync(home, 0o700);
  rmSync(home, { recursive: true, force: true });
});

/** @returns what the agent saw: the verdict of every call */
async function work(upstream: { url: string; apiKey: string } | false): Promise<readonly string[]> {
  const seen = createObserver({
    writer: "test",
    writerVersion: "1.0.0",
    layer: "framework",
    view: "full",
    home,
    env: {},
    upstream,
    onProblem: (problem) => problems.push(problem),
  });
  const verdicts: string[] = [];
  for (let call = 0; call < CALLS; call++) {
    const { evidence: _, ...verdict } = seen.observe("s", { tool: `tool-${call}`, status: "ok" });
    verdicts.push(JSON.stringify(verdict));
    if (call % 10 === 0) await seen.flush();
  }
  await seen.close();
  return verdicts;
}

const html: Misdeed = { status: 200, body: "<html>welcome</html>" };
const missing: Misdeed = { status: 404, body: "<html>not found</html>" };

const mistakes: readonly (readonly [
  string,
  string,
  Misdeed,
  Partial<{ url: string; key: string }>,
])[] = [
  ["a wrong key", "key_refused", undefined, { key: "caum_live_wrong" }],
  ["a URL where nobody listens", "unreachable", undefined, { url: NOWHERE }],
  ["a URL that answers HTML", "not_a_collector", html, {}],
  ["a URL that knows no such path", "not_a_collector", missing, {}],
];

test.each(mistakes)("%s: %s", async (_what, code, misdeed, { url, key }) => {
  receiver.misbehave = () => misdeed;
  const expected = await work(false);
  const verdicts = await work({ url: url ?? receiver.url, apiKey: key ?? receiver.key });
  expect(verdicts).toEqual(expected);
  expect(problems.map((problem) => problem.code)).toEqual([code]);
  const [status] = await readUpstreams(home);
  expect(status).toMatchObject({ spooled: CALLS + 2, dropped: 0, lastError: { code } });
});

test("a spool that is a file is told when it is needed, and by status at any time", async () => {
  writeFileSync(join(home, "upstream"), "");
  const expected = await work(false);
  expect(await work({ url: receiver.url, apiKey: receiver.key })).toEqual(expected);
  expect(problems).toEqual([]);
  expect(receiver.tools).toHaveLength(CALLS);
  expect(await work({ url: NOWHERE, apiKey: "k" })).toEqual(expected);
  expect(problems.map(({ code }) => code).sort()).toEqual(["spool_failed", "unreachable"]);
  expect(spoolProblem(home)).toContain("is no folder: move it away");
});

test.skipIf(process.platform === "win32")(
  "a home that cannot be written: each cause is told once, and a collector gets everything",
  async () => {
    const isRoot = process.getuid?.() === 0;
    chmodSync(home, 0o555);
    const script = join(import.meta.dirname, "other-user.ts");
    const run = async (url: string) => {
      const words = ["--no-warnings", script, home, url, receiver.key];
      // Root can write everywhere, so it works as nobody.
      const user = isRoot ? { uid: NOBODY, gid: NOBODY, cwd: "/" } : {};
      const child = spawn(process.execPath, words, { ...user, stdio: ["ignore", "pipe", "pipe"] });
      let output = "";
      child.stdout.on("data", (chunk) => (output += chunk));
      child.stderr.on("data", (chunk) => (output += chunk));
      const [code] = await once(child, "close");
      expect({ code, output }).toMatchObject({ code: 0, output: expect.stringMatching(/^\{/) });
      return JSON.parse(output);
    };
    const keys = ["ephemeral_digest_key", "ephemeral_writer_key"];
    const status = `${home} cannot be written: look at its rights`;
    const step = CALLS;
    expect(await run(receiver.url)).toMatchObject({ problems: keys, step, status });
    expect(receiver.tools).toHaveLength(CALLS);
    const down = await run(NOWHERE);
    expect(down).toMatchObject({ step, status, result: { spooled: CALLS + 1, dropped: 0 } });
    expect(down.problems.sort()).toEqual([...keys, "spool_failed", "unreachable"]);
  },
);
