/** `caum timestamp` and `caum verify --timestamp-authority`, with OpenSSL as the authority. */
import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  hasOpenssl,
  OpensslAuthority,
  type ServedAuthority,
  serveAuthority,
} from "../../collector/test/time-stamp/openssl-authority.ts";
import { packBundle } from "../../core/src/evidence/bundle/write-bundle.ts";
import { noteOf } from "../../core/test/evidence/bundles.ts";
import { closedRun, signerOf } from "../../core/test/evidence/records.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const COLLECTOR = signerOf("collector.example/caum");
const KEY = ["--key", COLLECTOR.vkey];

const folder = mkdtempSync(join(tmpdir(), "caum-timestamp-"));
const pem = join(folder, "root.pem");
let authority: OpensslAuthority;
let served: ServedAuthority;

beforeAll(async () => {
  if (!hasOpenssl) return;
  authority = await OpensslAuthority.open();
  served = await serveAuthority((query) => authority.reply(query));
  writeFileSync(pem, authority.root);
}, 120_000);
afterAll(async () => {
  authority?.close();
  await served?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A bundle of five records, the first `signed` of which are under a checkpoint. */
function bundle(name: string, signed = 5): string {
  const path = join(folder, name);
  const lines = closedRun(1, 3);
  mkdirSync(join(path, "checkpoints"), { recursive: true });
  writeFileSync(join(path, "records.ndjson"), lines.map((line) => `${line}\n`).join(""));
  writeFileSync(join(path, "checkpoints", "head.note"), noteOf(lines, signed));
  return path;
}

function caum(...words: readonly string[]) {
  const command = ["--conditions=@caum/source", "--no-warnings", MAIN, ...words];
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, command, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

describe.skipIf(!hasOpenssl)("a time-stamp of a bundle", () => {
  test("is added, and proves a time to whoever names the authority", async () => {
    const path = bundle("stamped");
    const added = await caum("timestamp", path, "--authority", served.url);
    expect(added).toMatchObject({ code: 0, stderr: "" });
    expect(added.stdout).toMatch(
      /^Test signer stamped 5 records at \S+Z at the latest: timestamps/,
    );
    const held = await caum("verify", path, ...KEY, "--timestamp-authority", pem);
    expect(held.stdout).toMatch(
      /signed them, at 20\S+Z at the latest by Test signer; not proved: /,
    );
    expect(held.stdout).toMatch(/stamped by +Test signer, up to size 5, at 20\S+Z at the latest/);
    expect(held.stdout).toContain("holds  time-stamp: ");
    expect(held.code).toBe(0);
    const unnamed = await caum("verify", path, ...KEY);
    expect(unnamed.code).toBe(0);
    expect(unnamed.stdout).toContain("by its 1 time-stamps: no authority was named for them");
    expect(unnamed.stdout).not.toContain("Test signer");
  }, 120_000);

  test("by another authority than was named proves none, and the verdict stays", async () => {
    const path = bundle("foreign");
    await caum("timestamp", path, "--authority", served.url);
    const other = await OpensslAuthority.open();
    const otherPem = join(folder, "other.pem");
    writeFileSync(otherPem, other.root);
    other.close();
    const words = ["verify", path, ...KEY, "--timestamp-authority"];
    const refused = await caum(...words, otherPem, "--json");
    expect(refused.code).toBe(6);
    expect(JSON.parse(refused.stdout)).toMatchObject({
      verdict: "ok-open",
      timeStamps: [{ fault: "unknown_authority", authority: null, timeSeconds: null }],
      notProven: expect.arrayContaining([expect.stringContaining("by another authority")]),
    });
    expect((await caum(...words, otherPem)).stdout).toContain("FAILS  time-stamp: ");
    expect((await caum(...words, otherPem, "--timestamp-authority", pem)).code).toBe(0);
    const policy = join(folder, "policy");
    writeFileSync(policy, `log ${COLLECTOR.vkey}\nquorum none\n`);
    const both = ["--policy", policy, "--timestamp-authority"];
    expect((await caum("verify", path, ...both, pem)).code).toBe(0);
    expect((await caum("verify", path, ...both, otherPem)).code).toBe(6);
  }, 120_000);

  test("of another bundle, of fewer records, damaged or too long proves none", async () => {
    const stamped = bundle("of-four", 4);
    await caum("timestamp", stamped, "--authority", served.url);
    const [name = ""] = readdirSync(join(stamped, "timestamps"));
    const asked = [...KEY, "--timestamp-authority", pem, "--json"];
    const faultOf = async (path: string) => {
      const { code, stdout } = await caum("verify", path, ...asked);
      return [code, JSON.parse(stdout).timeStamps[0].fault];
    };
    // It is over four records, and there are five.
    expect(await faultOf(stamped)).toEqual([6, null]);
    const moved = bundle("moved");
    cpSync(join(stamped, "timestamps"), join(moved, "timestamps"), { recursive: true });
    expect(await faultOf(moved)).toEqual([6, "other_imprint"]);
    writeFileSync(join(moved, "timestamps", name), "no reply");
    expect(await faultOf(moved)).toEqual([6, "malformed"]);
    writeFileSync(join(moved, "timestamps", name), Buffer.alloc(65_537));
    expect(await faultOf(moved)).toEqual([6, "too_long"]);
    rmSync(join(moved, "timestamps"), { recursive: true });
    expect((await caum("verify", moved, ...asked)).code).toBe(6);
  }, 120_000);

  test("goes into an archive as well, and a second one beside the first", async () => {
    const path = bundle("packed");
    const tar = join(folder, "packed.tar");
    packBundle(path, ["records.ndjson", "checkpoints/head.note"], tar);
    for (const at of [0, 1]) {
      const { stdout } = await caum("timestamp", tar, "--authority", served.url, "--json");
      expect(JSON.parse(stdout)).toMatchObject({ file: `timestamps/5-${at}.tsr`, size: 5 });
    }
    const held = await caum("verify", tar, ...KEY, "--timestamp-authority", pem, "--json");
    expect(held.code).toBe(0);
    expect(JSON.parse(held.stdout).timeStamps).toHaveLength(2);
    expect(readdirSync(folder)).not.toContain("packed.tar.part");
  }, 120_000);

  test("that is not given leaves the bundle as it was", async () => {
    const path = bundle("refused");
    const refusing = await serveAuthority(() => Buffer.from("30053003020102", "hex"));
    const refused = await caum("timestamp", path, "--authority", refusing.url);
    await refusing.close();
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toBe("caum timestamp: the authority refused\n");
    const gone = await caum("timestamp", path, "--authority", refusing.url);
    expect(gone.stderr).toContain("no time-stamp authority answers there");
    expect(readdirSync(path).sort()).toEqual(["checkpoints", "records.ndjson"]);
    for (const [words, message] of [
      [[path, "--authority", "ftp://x"], "takes an http or https URL"],
      [[join(folder, "nowhere"), "--authority", served.url], "no such file or folder"],
    ] as const) {
      const wrong = await caum("timestamp", ...words);
      expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining(message)]);
    }
    const noPem = await caum(
      "verify",
      path,
      ...KEY,
      "--timestamp-authority",
      join(path, "records.ndjson"),
    );
    expect([noPem.code, noPem.stderr]).toEqual([2, expect.stringContaining("no certificate")]);
  }, 120_000);
});
