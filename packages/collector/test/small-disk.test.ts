import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compileSlowDisk } from "./slow-disk.ts";
import { isFolderStore } from "./store-choice.ts";

let folder: string;
let shim: string | undefined;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "caum-small-"));
  shim = compileSlowDisk(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Line {
  readonly bytes: number;
  readonly first: string;
  readonly second: string;
}

test.skipIf(!isFolderStore)(
  "a start on a disk of any size serves or names the full disk, and leaves nothing in its way",
  { timeout: 180_000 },
  (context) => {
    if (shim === undefined) return context.skip();
    const script = join(import.meta.dirname, "starts-on-small-disks.ts");
    const words = ["--conditions=@caum/source", script, folder];
    const out = execFileSync(process.execPath, words, {
      env: { ...process.env, LD_PRELOAD: shim },
      encoding: "utf8",
    });
    // The script prints one such object a line.
    const lines = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Line);
    expect(lines.length).toBeGreaterThan(10);
    for (const { bytes, first, second } of lines) {
      if (first !== "served") expect(first, `${bytes} bytes`).toContain("its disk is full");
      expect(second, `after ${bytes} bytes`).toBe("served");
    }
  },
);
