import { existsSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { TemporaryHome } from "./install/temporary-home.ts";

let machine: TemporaryHome;
beforeEach(() => {
  machine = new TemporaryHome();
  for (const path of PATHS) machine.write(`u/.caum/${path}`, "12345");
  for (const path of OLD) touch(path, 40);
});
afterEach(() => machine.remove());

const OLD = [
  "runs/old/records.ndjson",
  "runs/old",
  "tools/old.json",
  "inbox/s-old/1.json",
  "inbox/s-old",
];
const STAYING = [
  "runs/new/records.ndjson",
  "runs/grown/records.ndjson",
  "keys/writer.key",
  "config.json",
  "spool/x/1.seg",
  "inbox/recorder.lock",
];
const PATHS = [...OLD.filter((path) => path.includes(".")), ...STAYING];

const DAY_MS = 86_400_000;

function touch(path: string, daysAgo: number): void {
  const then = new Date(Date.now() - daysAgo * DAY_MS);
  utimesSync(join(machine.caumHome, path), then, then);
}

const isThere = (path: string) => existsSync(join(machine.caumHome, path));

test("what is old goes, what is younger stays, and so do keys, settings and the spool", async () => {
  // An old folder with a file that was written to since.
  touch("runs/grown", 40);
  touch("keys/writer.key", 400);
  touch("spool/x/1.seg", 400);
  const { code, stdout } = await machine.caum(["prune", "--older", "30d"]);
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: "runs      1 (1 kB)\ntools     1 (1 kB)\ninbox     1 (1 kB)\nremoved\n",
  });
  expect(OLD.filter(isThere)).toEqual([]);
  expect(STAYING.filter((path) => !isThere(path))).toEqual([]);
});

test("a dry run says the same and removes nothing", async () => {
  const { stdout } = await machine.caum(["prune", "--older", "30d", "--dry-run", "--json"]);
  expect(JSON.parse(stdout)).toMatchObject({
    dryRun: true,
    pruned: [
      { folder: "runs", count: 1, bytes: 5 },
      { folder: "tools", count: 1 },
      { folder: "sessions", count: 0 },
      { folder: "inbox", count: 1 },
    ],
  });
  expect(PATHS.filter((path) => !isThere(path))).toEqual([]);
});

test.each(["30", "0d", "-1d", "d", "1y"])("--older %s is refused", async (older) => {
  const { code, stderr } = await machine.caum(["prune", `--older=${older}`]);
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: `caum prune: --older ${older} is no time: write 12h, 30d or 8w\n`,
  });
});
