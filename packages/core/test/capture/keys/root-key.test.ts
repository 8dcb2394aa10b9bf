import { execFile, spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readOrCreateKeyFile } from "../../../src/capture/keys/key-file.ts";
import { loadRootKey } from "../../../src/capture/keys/root-key.ts";

let home: string;
beforeEach(() => {
  home = fs.mkdtempSync(join(tmpdir(), "caum-root-key-"));
});
afterEach(() => {
  fs.rmSync(home, { recursive: true, force: true });
});

const HEX = "0123456789abcdef".repeat(4);
const KEY = Buffer.from(HEX, "hex");
const idOf = (setting: string) => loadRootKey({ home, env: { CAUM_DIGEST_KEY: setting } });

describe("the root key", () => {
  test("is made on first use and found again", () => {
    const made = loadRootKey({ home, env: {} });
    const found = loadRootKey({ home, env: {} });
    expect(made.origin).toBe("file");
    expect(made.problem).toBeUndefined();
    expect(found.id).toBe(made.id);
    expect(Buffer.from(found.sessionKey("s")).equals(made.sessionKey("s"))).toBe(true);
    expect(fs.readFileSync(join(home, "keys", "digest.key"), "latin1")).toMatch(/^[0-9a-f]{64}\n$/);
    expect(fs.readdirSync(join(home, "keys"))).toEqual(["digest.key"]);
  });

  test("may be a value, a file or a command, and each means the same key", () => {
    const path = join(home, "secret");
    fs.writeFileSync(path, KEY);
    const script = join(home, "secret.cjs");
    fs.writeFileSync(script, `console.log("${HEX}")`);
    const settings = [
      HEX,
      HEX.toUpperCase(),
      KEY.toString("base64"),
      KEY.toString("base64url"),
      `file:${path}`,
      `command:"${process.execPath}" "${script}"`,
    ];
    const keys = settings.map(idOf);
    expect(new Set(keys.map((key) => key.id)).size).toBe(1);
    expect(keys.every((key) => key.origin === "environment")).toBe(true);
    expect(fs.existsSync(join(home, "keys"))).toBe(false);
  });

  test("is random when it is in a pipe, a device or a long file, and nobody waits for it", () => {
    const pipe = join(home, "pipe");
    const long = join(home, "long");
    const hasPipe = spawnSync("mkfifo", [pipe]).status === 0;
    fs.writeFileSync(long, HEX.repeat(100_000));
    for (const path of [...(hasPipe ? [pipe, "/dev/zero"] : []), long, home]) {
      expect(idOf(`file:${path}`)).toMatchObject({ origin: "ephemeral" });
    }
    if (!hasPipe) return;
    fs.mkdirSync(join(home, "keys"));
    fs.renameSync(pipe, join(home, "keys", "digest.key"));
    expect(loadRootKey({ home, env: {} }).problem).toContain("keys/digest.key");
  });

  test.each(["short", "file:/nowhere/at/all", "command:exit 3", "command:echo nonsense"])(
    "is random when the setting does not work, and says why: %s",
    (setting) => {
      const key = idOf(setting);
      expect(key.origin).toBe("ephemeral");
      expect(key.problem).toMatch(/CAUM_DIGEST_KEY/);
      expect(key.problem).not.toContain("nowhere");
      expect(idOf(setting).id).not.toBe(key.id);
    },
  );

  test("is random when the home cannot be written", () => {
    const path = join(home, "a file");
    fs.writeFileSync(path, "");
    const key = loadRootKey({ home: path, env: {} });
    expect(key.origin).toBe("ephemeral");
    expect(key.problem).toBe("keys/digest.key can be neither read nor made");
  });

  test("never replaces a file that holds something else", () => {
    const path = join(home, "keys", "digest.key");
    fs.mkdirSync(join(home, "keys"));
    fs.writeFileSync(path, "not a key");
    expect(loadRootKey({ home, env: {} })).toMatchObject({
      origin: "ephemeral",
      problem: "keys/digest.key holds no key",
    });
    expect(fs.readFileSync(path, "utf8")).toBe("not a key");
  });
});

describe("a key file", () => {
  const path = () => join(home, "deep", "er", "some.key");

  test.skipIf(process.platform === "win32")("is for its owner only", () => {
    readOrCreateKeyFile(path(), () => KEY);
    expect(fs.statSync(path()).mode & 0o777).toBe(0o600);
    expect(fs.statSync(join(home, "deep")).mode & 0o777).toBe(0o700);
    fs.chmodSync(path(), 0o644);
    readOrCreateKeyFile(path(), () => KEY);
    expect(fs.statSync(path()).mode & 0o777).toBe(0o600);
  });

  test("is made once, whoever comes first", () => {
    const first = readOrCreateKeyFile(path(), () => KEY);
    const second = readOrCreateKeyFile(path(), () => {
      throw new Error("asked for a second key");
    });
    expect(Buffer.from(first).equals(second)).toBe(true);
  });

  test("is one key for processes that start at once", async () => {
    const script = join(home, "race.mjs");
    const source = new URL("../../../src/capture/keys/root-key.ts", import.meta.url);
    fs.writeFileSync(
      script,
      `import { loadRootKey } from ${JSON.stringify(source.href)};
       process.stdout.write(loadRootKey({ home: ${JSON.stringify(home)}, env: {} }).id);`,
    );
    const run = promisify(execFile);
    const runs = Array.from({ length: 6 }, () => run(process.execPath, [script]));
    const ids = (await Promise.all(runs)).map(({ stdout }) => stdout);
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toMatch(/^[0-9a-f]{16}$/);
    expect(fs.readdirSync(join(home, "keys"))).toEqual(["digest.key"]);
  });

  test("that cannot be made is an error", () => {
    fs.writeFileSync(join(home, "deep"), "in the way");
    expect(() => readOrCreateKeyFile(path(), () => KEY)).toThrow();
  });
});
