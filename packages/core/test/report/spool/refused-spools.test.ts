/** What somebody else could have put into the spool is not sent, and it is told. */
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createObserver, type ObserverOptions, type ObserverProblem } from "../../../src/index.ts";
import { readUpstreams } from "../../../src/report/settings/index.ts";
import { Receiver } from "../receiver.ts";

const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

let home: string;
let elsewhere: string;
let receiver: Receiver;
const problems: ObserverProblem[] = [];

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "caum-refused-"));
  elsewhere = mkdtempSync(join(tmpdir(), "caum-elsewhere-"));
  receiver = await new Receiver().listen();
  problems.length = 0;
});

afterEach(async () => {
  await receiver.close();
  rmSync(home, { recursive: true, force: true });
  rmSync(elsewhere, { recursive: true, force: true });
});

async function observeOne(tool: string, options: Partial<ObserverOptions> = {}): Promise<void> {
  const seen = createObserver({
    writer: "test",
    writerVersion: "1.0.0",
    layer: "framework",
    view: "full",
    home,
    env: {},
    upstream: { url: receiver.url, apiKey: receiver.key },
    onProblem: (problem) => problems.push(problem),
    ...options,
  });
  seen.observe(tool, { tool, status: "ok" });
  await seen.close();
}

interface Left {
  /** The folders of all processes. */
  readonly processes: string;
  readonly folder: string;
  readonly segment: string;
}

/** Three records that a process could not deliver. */
async function leaveSpool(): Promise<Left> {
  const transport = () => Promise.reject(new Error("down"));
  await observeOne("left", { transport, onProblem: () => undefined });
  const [tag = ""] = readdirSync(join(home, "upstream"));
  const processes = join(home, "upstream", tag, "processes");
  const folder = join(processes, readdirSync(processes)[0] ?? "");
  return { processes, folder, segment: join(folder, "00000001.ndjson") };
}

const tampered: readonly (readonly [string, boolean, (left: Left) => void])[] = [
  ["a folder of somebody else", true, ({ folder }) => chownSync(folder, NOBODY, NOBODY)],
  ["a segment of somebody else", true, ({ segment }) => chownSync(segment, NOBODY, NOBODY)],
  [
    "the folder of all, of somebody else",
    true,
    (left) => chownSync(left.processes, NOBODY, NOBODY),
  ],
  ["a folder that others can write", false, ({ folder }) => chmodSync(folder, 0o777)],
  ["a segment that others can write", false, ({ segment }) => chmodSync(segment, 0o666)],
  ["a segment with a second name", false, ({ segment }) => linkSync(segment, join(elsewhere, "x"))],
  ["a folder that is a link", false, ({ folder }) => moveAndLink(folder)],
  ["a segment that is a link", false, ({ segment }) => moveAndLink(segment)],
];

function moveAndLink(path: string): void {
  renameSync(path, join(elsewhere, "moved"));
  symlinkSync(join(elsewhere, "moved"), path);
}

for (const [what, needsRoot, tamper] of tampered) {
  if (needsRoot && !isRoot) {
    test.skip(`${what} is refused (only root can give a file away)`, () => undefined);
    continue;
  }
  test(`${what} is refused, stays, and is told to the agent's owner and by status`, async () => {
    const left = await leaveSpool();
    tamper(left);
    await observeOne("next");
    expect(receiver.tools).toEqual(["next"]);
    expect(problems.map(({ code }) => code)).toEqual(["spool_refused"]);
    const [status] = await readUpstreams(home);
    expect(status).toMatchObject({ spooled: 0, refused: 1, lastError: { code: "spool_refused" } });
    const kept = readdirSync(left.processes).map((name) => join(left.processes, name));
    expect(kept).toHaveLength(1);
  });
}

test("an untouched spool is delivered by the same steps", async () => {
  await leaveSpool();
  await observeOne("next");
  expect([...receiver.tools].sort()).toEqual(["left", "next"]);
  expect(problems).toEqual([]);
});

test("records that the collector does not take are kept up to a megabyte, and not through a link", async () => {
  receiver.refuses = (line) => line.includes("refused-");
  const seen = createObserver({
    writer: "test",
    writerVersion: "1.0.0",
    layer: "framework",
    view: "full",
    home,
    env: {},
    upstream: { url: receiver.url, apiKey: receiver.key },
    onProblem: (problem) => problems.push(problem),
  });
  seen.observe("s", { tool: "refused-1", status: "ok" });
  await seen.flush();
  const [tag = ""] = readdirSync(join(home, "upstream"));
  const rejected = join(home, "upstream", tag, "rejected.ndjson");
  expect(readFileSync(rejected, "utf8").trimEnd().split("\n")).toHaveLength(1);
  writeFileSync(rejected, "x".repeat(1024 * 1024));
  seen.observe("s", { tool: "refused-2", status: "ok" });
  await seen.flush();
  expect(statSync(rejected).size).toBe(1024 * 1024);
  const target = join(elsewhere, "target");
  writeFileSync(target, "theirs");
  rmSync(rejected);
  symlinkSync(target, rejected);
  seen.observe("s", { tool: "refused-3", status: "ok" });
  expect(await seen.close()).toMatchObject({ rejected: 3, spooled: 0 });
  expect(readFileSync(target, "utf8")).toBe("theirs");
  expect(problems.map(({ code }) => code)).toEqual(["record_refused"]);
});
