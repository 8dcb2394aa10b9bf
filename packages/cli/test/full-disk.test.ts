import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compileSlowDisk } from "../../collector/test/slow-disk.ts";

const main = join(import.meta.dirname, "../src/main.ts");

let folder: string;
let shim: string | undefined;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "caum-full-"));
  shim = compileSlowDisk(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Ends it as soon as it has printed that it is ready. */
async function up(env: Readonly<Record<string, string>>) {
  const words = ["up", "--port", "0", "--json", "--data", join(folder, "data")];
  const child = spawn(process.execPath, ["--conditions=@caum/source", main, ...words], {
    env: { ...process.env, CAUM_HOME: folder, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const text = { out: "", error: "" };
  child.stdout.on("data", (chunk) => {
    text.out += chunk;
    child.kill("SIGTERM");
  });
  child.stderr.on("data", (chunk) => (text.error += chunk));
  const [code] = await once(child, "close");
  return { code, ...text };
}

test("a full disk under a collector's folder: it serves, or ends with 2 and says so", {
  timeout: 120_000,
}, async (context) => {
  if (shim === undefined) return context.skip();
  expect(await up({})).toMatchObject({ code: 0, error: "" });
  const codes = new Set<number>();
  // From nothing to more than the log, its index and the sign-in link that every start keeps need.
  for (const blocks of [0, 9, 10, 11, 20]) {
    const bytes = String(4_096 * blocks);
    const small = { TEST_QUOTA_FOLDER: join(folder, "data"), TEST_QUOTA_BYTES: bytes };
    const { code, out, error } = await up({ LD_PRELOAD: shim, ...small });
    codes.add(code);
    expect(out === "", `${bytes} bytes: ${error}`).toBe(code === 2);
    if (code === 2) expect(error, `${bytes} bytes`).toContain("disk is full");
  }
  expect([...codes].sort()).toEqual([0, 2]);
});
