import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, expect, test } from "vitest";
import { tarEnd, tarHeader } from "../../src/evidence/bundle/tar.ts";
import { readBundleLines } from "../../src/evidence/read-bundle-lines.ts";

const folder = mkdtempSync(join(tmpdir(), "caum-lines-"));
afterAll(() => rmSync(folder, { recursive: true }));

function tarOf(text: string): Buffer {
  const bytes = Buffer.from(text);
  const filled = Buffer.alloc(Math.ceil(bytes.length / 512) * 512);
  bytes.copy(filled);
  return Buffer.concat([tarHeader("records.ndjson", bytes.length), filled, tarEnd()]);
}

const linesOf = (path: string) => [...readBundleLines(path)];

test("a folder and an archive of it have the same lines; one that is being written is left out", () => {
  const text = "one\ntwo\nthr";
  writeFileSync(join(folder, "records.ndjson"), text);
  writeFileSync(join(folder, "b.tar"), tarOf(text));
  writeFileSync(join(folder, "b.tar.gz"), gzipSync(tarOf(text)));
  for (const path of [folder, join(folder, "b.tar"), join(folder, "b.tar.gz")]) {
    expect(linesOf(path)).toEqual(["one", "two"]);
  }
});

test("what is no bundle is refused, and so are lines that are no text", () => {
  writeFileSync(join(folder, "no.tar"), "no archive");
  expect(() => linesOf(join(folder, "no.tar"))).toThrow();
  writeFileSync(join(folder, "records.ndjson"), Buffer.from([0xff, 0xfe, 0x0a]));
  expect(() => linesOf(folder)).toThrow("its records cannot be read as lines");
});
