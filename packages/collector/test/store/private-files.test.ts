import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startCollector } from "../../src/index.ts";

let home: string;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "caum-private-"));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

function folder(name: string, mode: number): string {
  const path = join(home, name);
  mkdirSync(path);
  chmodSync(path, mode);
  return path;
}

/** Mode of every file below a folder, while the collector runs. */
function modesIn(path: string): Readonly<Record<string, string>> {
  const names = readdirSync(path, { recursive: true, encoding: "utf8" });
  const files = names.filter((name) => statSync(join(path, name)).isFile()).sort();
  return Object.fromEntries(
    files.map((name) => [name, (statSync(join(path, name)).mode & 0o777).toString(8)]),
  );
}

const ALL_PRIVATE = {
  "caum.db": "600",
  "caum.db-shm": "600",
  "caum.db-wal": "600",
  "keys/digest.key": "600",
  "keys/first.key": "600",
  "keys/signing.key": "600",
  "lock.db": "600",
  "owner.pid": "600",
};

test("files in a folder that others may read are the owner's alone, also those of before", async () => {
  const data = folder("open", 0o755);
  for (let start = 0; start < 2; start++) {
    const collector = await startCollector({ data, port: 0 });
    expect(modesIn(data)).toMatchObject(ALL_PRIVATE);
    await collector.close();
    for (const name of ["caum.db", "lock.db"]) chmodSync(join(data, name), 0o644);
  }
});

test("a folder that everybody may write to is refused, with what to do", async () => {
  const data = folder("shared", 0o777);
  await expect(startCollector({ data, port: 0 })).rejects.toThrow(
    "anybody may write to the data folder",
  );
  chmodSync(data, 0o755);
  await (await startCollector({ data, port: 0 })).close();
});
