/** However many recorders start at once, one reads the inbox. */
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "caum-lock-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true, maxRetries: 5 }));

/** Takes the lock and says whether it is still its own once everybody else has tried. */
const CONTENDER = `
import { RecorderLock } from ${JSON.stringify(join(import.meta.dirname, "../../src/hook/inbox/recorder-lock.ts"))};
const lock = new RecorderLock(process.argv[1]);
const isTaken = lock.take();
await new Promise((resolve) => setTimeout(resolve, 1_500));
console.log(isTaken && lock.hold());
`;

function contend(): Promise<string> {
  const words = [
    "--conditions=@caum/source",
    "--no-warnings",
    "--input-type=module",
    "-e",
    CONTENDER,
  ];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [...words, home], (problem, stdout) => {
      if (problem) reject(problem);
      else resolve(stdout.trim());
    });
  });
}

test.each([
  ["no lock is there", () => undefined],
  [
    "a dead recorder left its lock",
    () => {
      const lock = join(home, "inbox", "recorder.lock");
      mkdirSync(join(home, "inbox"));
      writeFileSync(lock, "999999 dead");
      utimesSync(lock, 0, 0);
    },
  ],
])("one of four holds the lock when %s", async (_name, prepare) => {
  prepare();
  const outcomes = await Promise.all([1, 2, 3, 4].map(contend));
  expect(outcomes.sort()).toEqual(["false", "false", "false", "true"]);
});
