/** Bundles as they are written: names, modes, order, and what an archive of one holds byte for byte. */
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openBundle } from "../../../src/evidence/bundle/open-bundle.ts";
import {
  bundleTar,
  packBundle,
  readVerifier,
  writeBundle,
} from "../../../src/evidence/bundle/write-bundle.ts";
import { newFolder, noteOf, receiptOf, sessionLines } from "../bundles.ts";
import { hexOf } from "../records.ts";

const lines = sessionLines();
const fork = { run: hexOf(1, 32), seq: 3, leaf: hexOf(2, 64), reason: "link" } as const;
const content = {
  notes: [noteOf(lines, 4), noteOf(lines, 12), noteOf(lines, 12)],
  lines,
  receipts: new Map([
    [6, receiptOf(lines, 6, 12)],
    [1, receiptOf(lines, 1, 4)],
  ]),
  forks: [fork],
};
const NAMES = [
  "checkpoints/4-0.note",
  "checkpoints/12-1.note",
  "checkpoints/12-2.note",
  "records.ndjson",
  "receipts/6.json",
  "receipts/1.json",
  "forks.ndjson",
  "manifest.json",
  "verify.py",
];

function made(what: Parameters<typeof writeBundle>[1] = content) {
  const folder = join(newFolder(), "bundle");
  return { folder, names: writeBundle(folder, what) };
}
const textOf = (folder: string, name: string) => readFileSync(join(folder, name), "utf8");

test("every file of a bundle has its name and its content, and belongs to its owner alone", () => {
  const { folder, names } = made();
  expect(names).toEqual(NAMES);
  expect(textOf(folder, "records.ndjson")).toBe(lines.map((line) => `${line}\n`).join(""));
  expect(textOf(folder, "forks.ndjson")).toBe(
    `{"fork":{"leaf":"${fork.leaf}","reason":"link","run":"${fork.run}","seq":3}}\n`,
  );
  expect(textOf(folder, "checkpoints/4-0.note")).toBe(noteOf(lines, 4));
  expect(textOf(folder, "receipts/1.json")).toBe(receiptOf(lines, 1, 4));
  expect(textOf(folder, "verify.py")).toBe(readVerifier());
  expect(textOf(folder, "manifest.json")).toBe(
    '{\n  "format": "caum-bundle/1",\n  "records": 12,\n  "checkpoints": 3\n}\n',
  );
  if (process.platform === "win32") return;
  const modes = (of: readonly string[]) =>
    new Set(of.map((name) => statSync(join(folder, name)).mode & 0o777));
  expect(modes(NAMES)).toEqual(new Set([0o600]));
  expect(modes([".", "checkpoints", "receipts"])).toEqual(new Set([0o700]));
});

test("a bundle of a checkpoint alone has no place for anything else", () => {
  const { folder, names } = made({ notes: [], lines: [], receipts: new Map() });
  expect(names).toEqual(["records.ndjson", "manifest.json", "verify.py"]);
  expect(readdirSync(folder).sort()).toEqual([
    "checkpoints",
    "manifest.json",
    "records.ndjson",
    "verify.py",
  ]);
  expect(textOf(folder, "records.ndjson")).toBe("");
  expect(JSON.parse(textOf(folder, "manifest.json"))).toMatchObject({ records: 0, checkpoints: 0 });
  // A list of no forks is one, and says that there were none.
  expect(made({ notes: [], lines: [], forks: [] }).names).toContain("forks.ndjson");
});

test("lines are written one by one, however many there are", () => {
  const line = "x".repeat(10_000);
  function* many() {
    for (let count = 0; count < 250; count += 1) yield `${line}${count}`;
  }
  const { folder } = made({ notes: [], lines: many() });
  const written = textOf(folder, "records.ndjson").split("\n");
  expect(written).toHaveLength(251);
  expect(written.slice(0, -1)).toEqual(Array.from({ length: 250 }, (_, at) => `${line}${at}`));
  expect(JSON.parse(textOf(folder, "manifest.json")).records).toBe(250);
});

test("what is no checkpoint is not written as one, and what is there is not replaced", () => {
  expect(() => made({ notes: ["hello\n"], lines: [] })).toThrow("not a signed note");
  const folder = newFolder();
  expect(() => writeBundle(folder, content)).toThrow("EEXIST");
  expect(readdirSync(folder)).toEqual([]);
});

test("an archive is the files in their order, each in whole blocks, and its end", () => {
  const folder = newFolder();
  const sizes = { none: 0, block: 512, odd: 513, long: 200_001 };
  for (const [name, size] of Object.entries(sizes))
    writeFileSync(join(folder, name), Buffer.alloc(size, name));
  const names = Object.keys(sizes);
  const parts = [...bundleTar(folder, names)];
  expect(Math.max(...parts.map(({ length }) => length))).toBeLessThanOrEqual(65_536);
  const archive = Buffer.concat(parts);
  let at = 0;
  for (const [name, size] of Object.entries(sizes)) {
    const padded = Math.ceil(size / 512) * 512;
    expect(archive.toString("latin1", at, at + name.length + 1)).toBe(`${name}\0`);
    expect(archive.subarray(at + 512, at + 512 + size).equals(Buffer.alloc(size, name))).toBe(true);
    expect(archive.subarray(at + 512 + size, at + 512 + padded).every((byte) => byte === 0)).toBe(
      true,
    );
    at += 512 + padded;
  }
  expect(archive.subarray(at)).toEqual(Buffer.alloc(1_024));
  const path = join(newFolder(), "a.tar");
  packBundle(folder, names, path);
  expect(readFileSync(path).equals(archive)).toBe(true);
  if (process.platform !== "win32") expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("a file that became shorter while it is packed ends the archive", () => {
  const folder = newFolder();
  writeFileSync(join(folder, "a"), Buffer.alloc(200_000));
  const parts = bundleTar(folder, ["a"]);
  parts.next();
  parts.next();
  truncateSync(join(folder, "a"), 100_000);
  expect(() => [...parts]).toThrow("a file of it became shorter");
});

test("a name that no archive may hold is not packed", () => {
  const folder = newFolder();
  mkdirSync(join(folder, "b"));
  writeFileSync(join(folder, "a"), "x");
  expect(() => [...bundleTar(folder, ["b/../a"])]).toThrow("leads out");
});

test("a bundle that was written is opened with all its parts", () => {
  const { folder } = made();
  const { notes, receipts, forks } = openBundle(folder);
  expect([...notes.keys()]).toEqual([
    "checkpoints/12-1.note",
    "checkpoints/12-2.note",
    "checkpoints/4-0.note",
  ]);
  expect(receipts.map(({ index }) => index)).toEqual([1, 6]);
  expect(forks?.byteLength).toBe(statSync(join(folder, "forks.ndjson")).size);
});
