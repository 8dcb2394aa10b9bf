/** Bundles in folders and in every kind of archive: what is opened, and what is refused and why. */
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { openBundle } from "../../../src/evidence/bundle/open-bundle.ts";
import { readSlice } from "../../../src/evidence/bundle/slice.ts";
import { parseVerifierKey } from "../../../src/evidence/note/vkey.ts";
import { verifyBundle } from "../../../src/evidence/verify/verify-bundle.ts";
import { COLLECTOR, goodBundle, newFolder, written } from "../bundles.ts";
import { ARCHIVES } from "./archive-cases.ts";
import { tarOf, zipOf } from "./archives.ts";

const keys = [parseVerifierKey(COLLECTOR.vkey)];
const parent = newFolder();
let archives = 0;
function archiveOf(bytes: Uint8Array): string {
  const path = join(parent, `${archives++}.archive`);
  writeFileSync(path, bytes);
  return path;
}

test.each(ARCHIVES)("$name: $verdict", ({ bytes, verdict }) => {
  const answer = verifyBundle(archiveOf(bytes), { keys });
  expect(answer.verdict).toBe(verdict);
  if (verdict !== "ok") {
    expect(answer.findings).toEqual([
      expect.objectContaining({ kind: "not_a_bundle", file: "", line: null, run: null, seq: null }),
    ]);
  }
});

/** Every part of a bundle, one that nobody looks at, and what each of them holds. */
const PARTS = {
  "records.ndjson": "r\n",
  "forks.ndjson": "f\n",
  "checkpoints/b.note": "b",
  "checkpoints/a.note": "a",
  "receipts/10.json": "ten",
  "receipts/9.tlog-proof": "nine",
  "timestamps/z.tsr": "z",
  "log/12-3.tlog-proof": "twelve",
  "log/4.tlog-proof": "four",
  "more/records.ndjson": "unknown",
};
const FILES = Object.entries(PARTS).map(([name, text]) => ({ name, text }));

const textOf = (slice: Parameters<typeof readSlice>[0] | undefined) =>
  slice && Buffer.from(readSlice(slice, 100)).toString();

function contentOf(path: string) {
  const { records, forks, notes, receipts, timeStamps, logProofs } = openBundle(path);
  return {
    records: textOf(records),
    forks: textOf(forks),
    notes: [...notes].map(([name, slice]) => [name, textOf(slice)]),
    receipts: receipts.map(({ file, ...place }) => ({ ...place, text: textOf(file) })),
    timeStamps: [...timeStamps].map(([name, slice]) => [name, textOf(slice)]),
    logProofs: logProofs.map(({ file, ...place }) => ({ ...place, text: textOf(file) })),
  };
}

test.each([
  ["a folder", () => written({ lines: ["r"], files: PARTS })],
  [
    "a link to a folder",
    () => {
      const path = join(newFolder(), "link");
      symlinkSync(written({ lines: ["r"], files: PARTS }), path);
      return path;
    },
  ],
  ["a tar", () => archiveOf(tarOf(FILES))],
  ["a tar.gz", () => archiveOf(gzipSync(tarOf(FILES)))],
  ["a zip", () => archiveOf(zipOf(FILES))],
  [
    "a zip that is not compressed",
    () => archiveOf(zipOf(FILES.map((file) => ({ ...file, isStored: true })))),
  ],
])("the parts of a bundle are found in %s, in their order", (_what, make) => {
  expect(contentOf(make())).toEqual({
    records: "r\n",
    forks: "f\n",
    notes: [
      ["checkpoints/a.note", "a"],
      ["checkpoints/b.note", "b"],
    ],
    receipts: [
      { name: "receipts/9.tlog-proof", index: 9, text: "nine" },
      { name: "receipts/10.json", index: 10, text: "ten" },
    ],
    timeStamps: [["timestamps/z.tsr", "z"]],
    logProofs: [
      { name: "log/4.tlog-proof", size: 4, text: "four" },
      { name: "log/12-3.tlog-proof", size: 12, text: "twelve" },
    ],
  });
});

test("a bundle needs its records and nothing else", () => {
  expect(contentOf(written({ lines: ["r"], files: {} }))).toEqual({
    records: "r\n",
    forks: undefined,
    notes: [],
    receipts: [],
    timeStamps: [],
    logProofs: [],
  });
});

/** The good bundle in a folder, damaged. */
function damaged(damage: (folder: string) => void): string {
  const folder = written(goodBundle());
  damage(folder);
  return folder;
}
const linked = (name: string) =>
  damaged((folder) => {
    rmSync(join(folder, name), { recursive: true });
    symlinkSync(written(goodBundle()), join(folder, name));
  });

test.each([
  ["records that are a link", linked("records.ndjson"), "records.ndjson is no ordinary file"],
  [
    "records that are a folder",
    damaged((folder) => {
      rmSync(join(folder, "records.ndjson"));
      mkdirSync(join(folder, "records.ndjson"));
    }),
    "records.ndjson is no ordinary file",
  ],
  [
    "a checkpoint that is a link",
    linked("checkpoints/4.note"),
    "checkpoints/4.note is no ordinary file",
  ],
  ["checkpoints that are a link", linked("checkpoints"), "a folder in it is a link"],
  ["receipts that are a link", linked("receipts"), "a folder in it is a link"],
  [
    "no records",
    damaged((folder) => rmSync(join(folder, "records.ndjson"))),
    "it holds no records.ndjson at its top",
  ],
])("a folder with %s is no bundle", (_what, folder, why) => {
  expect(verifyBundle(folder, { keys })).toMatchObject({
    verdict: "malformed",
    findings: [{ kind: "not_a_bundle", file: "", message: `not a bundle: ${why}` }],
  });
});

test("what is no part may be anything: a link, a pipe, a folder", () => {
  const folder = damaged((place) => {
    symlinkSync("/nowhere", join(place, "README"));
    symlinkSync("/nowhere", join(place, "checkpoints", "latest"));
    mkdirSync(join(place, "receipts", "7"));
  });
  expect(verifyBundle(folder, { keys }).verdict).toBe("ok");
});

test("a path that does not exist is not called a bundle", () => {
  expect(() => openBundle(join(parent, "missing"))).toThrow("ENOENT");
});

test("a device is neither a folder nor an archive", ({ skip }) => {
  if (process.platform === "win32") skip("Windows has no /dev/null");
  expect(() => openBundle("/dev/null")).toThrow("neither a folder nor an archive of one");
});
