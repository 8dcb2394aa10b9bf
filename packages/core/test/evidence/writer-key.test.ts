import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Signer } from "../../src/evidence/note/signer.ts";
import { loadWriterKey, rotateWriterKey } from "../../src/evidence/writer-key.ts";

let home = "";
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "caum-writer-key-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

test("the key is made on first use, for its owner alone, and is the same ever after", () => {
  const first = loadWriterKey({ home });
  expect(first.origin).toBe("file");
  expect(loadWriterKey({ home }).vkey).toBe(first.vkey);
  expect(statSync(join(home, "keys", "writer.key")).mode & 0o077).toBe(0);
  expect(readFileSync(join(home, "keys", "writer.key"), "utf8")).toMatch(
    /^PRIVATE\+KEY\+caum-writer-/,
  );
});

test("a home that cannot be used gives a key for this process and says so", () => {
  writeFileSync(join(home, "file"), "");
  const key = loadWriterKey({ home: join(home, "file") });
  expect(key.origin).toBe("ephemeral");
  expect(key.vkey).toMatch(/^caum-writer-[0-9a-f]{12}\+/);
});

test("a damaged key file is not replaced: what it signed must stay attributable", () => {
  loadWriterKey({ home });
  writeFileSync(join(home, "keys", "writer.key"), "PRIVATE+KEY+broken");
  expect(loadWriterKey({ home }).origin).toBe("ephemeral");
  expect(readFileSync(join(home, "keys", "writer.key"), "utf8")).toBe("PRIVATE+KEY+broken");
});

test("rotation keeps the name, changes the key and leaves the old one beside it", () => {
  const before = loadWriterKey({ home });
  const { current, previous } = rotateWriterKey({ home });
  expect(previous.vkey).toBe(before.vkey);
  expect(current.signer.name).toBe(before.signer.name);
  expect(current.vkey).not.toBe(before.vkey);
  expect(loadWriterKey({ home }).vkey).toBe(current.vkey);
  expect(readdirSync(join(home, "keys"))).toHaveLength(2);
});

test("a key's name is made from the key, and says nothing of the machine", () => {
  const { signer, vkey } = loadWriterKey({ home });
  const unnamed = signer.named("unnamed").vkey;
  const digest = createHash("sha256").update(unnamed).digest("hex");
  expect(signer.name).toBe(`caum-writer-${digest.slice(0, 12)}`);
  expect(vkey).toBe(signer.vkey);
  expect(readFileSync(join(home, "keys", "writer.key"), "utf8")).toMatch(/\n$/);
});

test("a replaced key lies beside the new one by its id, and the new one is of the file", () => {
  const { current, previous } = rotateWriterKey({ home });
  const id = previous.vkey.split("+")[1];
  expect(readdirSync(join(home, "keys")).sort()).toEqual([
    "writer.key",
    `writer.key.retired-${id}`,
  ]);
  const retired = readFileSync(join(home, "keys", `writer.key.retired-${id}`), "utf8");
  expect(Signer.parse(retired).vkey).toBe(previous.vkey);
  expect(current.origin).toBe("file");
  expect(current.vkey).toBe(current.signer.vkey);
});

test("processes that start at once share one key", async () => {
  const module = new URL("../../src/evidence/writer-key.ts", import.meta.url).href;
  const script = `import { loadWriterKey } from ${JSON.stringify(module)};
    process.stdout.write(loadWriterKey({ home: process.env.HOME_OF_TEST }).vkey);`;
  const start = () =>
    promisify(execFile)(process.execPath, ["--no-warnings", "--input-type=module", "-e", script], {
      env: { ...process.env, HOME_OF_TEST: home },
    });
  const outcomes = await Promise.all(Array.from({ length: 4 }, start));
  expect(new Set(outcomes.map(({ stdout }) => stdout))).toEqual(
    new Set([loadWriterKey({ home }).vkey]),
  );
});
