/** Whoever reads or writes a bundle closes its files, whether that goes well or not. */
import { existsSync, readdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { digestOfRecords } from "../../../src/evidence/attestation.ts";
import { FileSlice } from "../../../src/evidence/bundle/file-slice.ts";
import { readSlice } from "../../../src/evidence/bundle/slice.ts";
import { bundleTar, packBundle, writeBundle } from "../../../src/evidence/bundle/write-bundle.ts";
import { checkContent } from "../../../src/evidence/disclosed-content.ts";
import { readRun } from "../../../src/evidence/local-run.ts";
import { parseVerifierKey } from "../../../src/evidence/note/vkey.ts";
import { readOpenings } from "../../../src/evidence/read-openings.ts";
import { readTimeStamps } from "../../../src/evidence/time-stamp/read-time-stamps.ts";
import { verifyBundle } from "../../../src/evidence/verify/verify-bundle.ts";
import { COLLECTOR, goodBundle, newFolder, written } from "../bundles.ts";
import { closedRun } from "../records.ts";
import { tarOf } from "./archives.ts";

const OPEN_FILES = "/proc/self/fd";
const keys = [parseVerifierKey(COLLECTOR.vkey)];
const good = written(goodBundle());
const forks = written({
  ...goodBundle(),
  files: { ...goodBundle().files, "forks.ndjson": "{}\n" },
});
const broken = written({ ...goodBundle(), lines: ["hello"] });
const run = written({ lines: closedRun(1, 2), files: {} });
const archive = join(newFolder(), "bundle.tar");
writeFileSync(archive, tarOf([{ name: "records.ndjson", text: "hello\n" }]));

function packShrinking() {
  const folder = newFolder();
  writeFileSync(join(folder, "a"), Buffer.alloc(200_000));
  const parts = bundleTar(folder, ["a"]);
  for (let part = 0; part < 2; part += 1) parts.next();
  truncateSync(join(folder, "a"), 1);
  return [...parts];
}

test.skipIf(!existsSync(OPEN_FILES)).each<[string, () => unknown]>([
  ["a bundle is verified", () => verifyBundle(good, { keys })],
  ["an archive is verified", () => verifyBundle(archive, { keys })],
  ["a bundle is verified that is none", () => verifyBundle(broken, { keys })],
  ["forks are read", () => verifyBundle(forks, { keys })],
  ["content is looked for", () => checkContent(good, Buffer.from("x"), [])],
  [
    "content is looked for with a key that is none",
    () => checkContent(good, Buffer.from("x"), ["x"]),
  ],
  ["openings are read", () => readOpenings(good)],
  ["time-stamps are read", () => readTimeStamps(good)],
  ["records are hashed", () => digestOfRecords(good)],
  ["a run is read", () => readRun(run)],
  ["a run is read that is none", () => readRun(broken)],
  ["a file is read", () => readSlice(new FileSlice(archive, 10), 10)],
  ["a folder is opened as a file", () => new FileSlice(good, 10).open()],
  ["a bundle is written", () => writeBundle(join(newFolder(), "b"), { notes: [], lines: ["a"] })],
  ["a bundle is packed", () => packBundle(good, ["records.ndjson"], join(newFolder(), "b.tar"))],
  [
    "a bundle is packed that lacks a file",
    () => packBundle(good, ["missing"], join(newFolder(), "b.tar")),
  ],
  ["a bundle is packed while it becomes shorter", packShrinking],
  [
    "lines cannot all be had",
    () => {
      function* failing() {
        yield "a";
        throw new Error("no more");
      }
      writeBundle(join(newFolder(), "b"), { notes: [], lines: failing() });
    },
  ],
])("no file stays open when %s", (_what, act) => {
  const before = readdirSync(OPEN_FILES).length;
  for (let time = 0; time < 5; time += 1) {
    try {
      act();
    } catch {
      // What it throws is told elsewhere.
    }
  }
  // Others in this process may open one or two.
  expect(readdirSync(OPEN_FILES).length - before).toBeLessThan(5);
});
