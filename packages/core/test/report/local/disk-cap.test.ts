import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DiskCap } from "../../../src/report/local/disk-cap.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "caum-cap-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const CLOSE =
  '{"agentId":"a","category":"lifecycle","payload":{"events":1,"seq":1,"type":"close"}}\n';

function run(name: string, bytes: number, age: number, isClosed = true): void {
  const path = join(folder, name);
  mkdirSync(path);
  const end = isClosed ? CLOSE : "";
  writeFileSync(join(path, "records.ndjson"), `${"x".repeat(bytes - end.length - 1)}\n${end}`);
  utimesSync(join(path, "records.ndjson"), 1_000_000 - age, 1_000_000 - age);
}

test("the oldest closed runs go until the rest fits, and it is told", async () => {
  run("oldest", 1_000, 400);
  run("open", 1_000, 300, false);
  run("older", 1_000, 200);
  run("newest", 1_000, 100);
  const told: string[] = [];
  const cap = new DiskCap({ folder, capBytes: 2_000, onRemoved: (message) => told.push(message) });
  expect(await cap.enforce()).toBe(2);
  cap.stop();
  const left = ["oldest", "open", "older", "newest"].filter((name) =>
    existsSync(join(folder, name)),
  );
  expect(left).toEqual(["open", "newest"]);
  expect(told).toEqual([expect.stringContaining("removed the 2 oldest closed runs")]);
});

test("under the cap, and without any run, nothing happens", async () => {
  run("one", 1_000, 1);
  const told: string[] = [];
  const onRemoved = (message: string) => told.push(message);
  const cap = new DiskCap({ folder, onRemoved });
  const none = new DiskCap({ folder: join(folder, "nowhere"), onRemoved });
  expect(await cap.enforce()).toBe(0);
  expect(await none.enforce()).toBe(0);
  cap.stop();
  none.stop();
  expect(told).toEqual([]);
});
