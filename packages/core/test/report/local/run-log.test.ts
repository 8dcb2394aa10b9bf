import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { RunLog } from "../../../src/report/local/run-log.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "caum-run-log-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function log(options: { folder?: string; problems?: Error[] } = {}): RunLog {
  return new RunLog({
    folder: options.folder ?? join(folder, "run"),
    checkpoint: () => "a note\n",
    onProblem: (problem) => options.problems?.push(problem),
  });
}

const records = () => readFileSync(join(folder, "run", "records.ndjson"), "utf8");

test("lines arrive in order, one per line, whoever flushes", async () => {
  const run = log();
  run.push("one");
  run.push("two");
  await run.flush();
  expect(records()).toBe("one\ntwo\n");
  run.push("three");
  await Promise.all([run.flush(), run.flush()]);
  expect(records()).toBe("one\ntwo\nthree\n");
  await run.close();
  expect(readFileSync(join(folder, "run", "checkpoints", "head.note"), "utf8")).toBe("a note\n");
});

test("whoever closes a second time waits for the first", async () => {
  const run = log();
  run.push("one");
  void run.close();
  await run.close();
  expect(records()).toBe("one\n");
});

test("what came shortly after a signature is signed soon, also when nothing follows it", async () => {
  let size = 0;
  const checkpoint = () => `a note over ${size}\n`;
  const problems: Error[] = [];
  const onProblem = (problem: Error) => problems.push(problem);
  const run = new RunLog({ folder: join(folder, "run"), checkpoint, onProblem });
  for (const line of ["one", "two"]) {
    run.push(line);
    size += 1;
    await run.flush();
  }
  const note = () => readFileSync(join(folder, "run", "checkpoints", "head.note"), "utf8");
  await expect.poll(note, { timeout: 10_000 }).toBe("a note over 2\n");
  expect(problems).toEqual([]);
  await run.close();
});

test("lines pushed while an append runs are neither lost nor doubled", async () => {
  const run = log();
  const expected: string[] = [];
  for (let index = 0; index < 1_000; index++) {
    expected.push(`line ${index}`);
    run.push(`line ${index}`);
    if (index % 150 === 0) await new Promise((resume) => setImmediate(resume));
  }
  await run.close();
  expect(records()).toBe(`${expected.join("\n")}\n`);
});

test("a synchronous close in the middle of an append writes each line once", async () => {
  const run = log();
  run.push("one");
  await run.flush();
  run.push("two");
  const appending = run.flush();
  run.push("three");
  run.closeNow();
  await appending;
  await run.flush();
  expect(records()).toBe("one\ntwo\nthree\n");
});

test("an unwritable folder is told once, keeps lines up to the cap, and is tried again", async () => {
  const blocked = join(folder, "a-file");
  writeFileSync(blocked, "");
  const problems: Error[] = [];
  const run = log({ folder: join(blocked, "run"), problems });
  run.push("one");
  await run.flush();
  run.push("two");
  await run.flush();
  expect(problems).toHaveLength(1);
  expect(run.waiting).toBe(2);
  expect(run.hasRoom).toBe(true);
  for (let index = 0; index < 10_000; index++) run.push("more");
  expect(run.hasRoom).toBe(false);
  rmSync(blocked);
  await run.flush();
  expect(run.waiting).toBe(0);
  expect(run.hasRoom).toBe(true);
});

test("a process that exits straight after the last line leaves every line", () => {
  const source = join(import.meta.dirname, "../../../src/report");
  const script = `
    import { RunLog } from ${JSON.stringify(join(source, "local/run-log.ts"))};
    import { atExit } from ${JSON.stringify(join(source, "at-exit.ts"))};
    const run = new RunLog({ folder: process.argv[1], checkpoint: () => "note", onProblem() {} });
    atExit("runs", () => run.closeNow());
    for (let index = 0; index < 500; index++) run.push("line " + index);
    process.exit(3);`;
  const done = spawnSync(
    process.execPath,
    ["--input-type=module", "-e", script, join(folder, "run")],
    { encoding: "utf8" },
  );
  expect(done.stderr).toBe("");
  expect(done.status).toBe(3);
  expect(records().trimEnd().split("\n")).toHaveLength(500);
  expect(existsSync(join(folder, "run", "checkpoints", "head.note"))).toBe(true);
});

/** Anywhere between making the folder and signing. */
const TURNS = [0, 1, 2, 3, 4, 6, 8, 10];

test.each(TURNS)(
  "closed at once, %i turns into an append, a run is whole and signed",
  async (turns) => {
    let size = 0;
    const problems: Error[] = [];
    const run = new RunLog({
      folder: join(folder, "run"),
      checkpoint: () => `a note over ${size}\n`,
      onProblem: (problem) => problems.push(problem),
    });
    for (const line of ["one", "two"]) {
      run.push(line);
      size += 1;
    }
    const flushed = run.flush();
    for (let turn = 0; turn < turns; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    run.push("three");
    size += 1;
    run.closeNow();
    expect(records()).toBe("one\ntwo\nthree\n");
    await flushed;
    const note = () => readFileSync(join(folder, "run", "checkpoints", "head.note"), "utf8");
    await expect.poll(note).toBe("a note over 3\n");
    run.closeNow();
    expect(records()).toBe("one\ntwo\nthree\n");
    expect(note()).toBe("a note over 3\n");
    expect(problems).toEqual([]);
  },
);
