import { spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { hash } from "../../src/hook/program/light-crypto.ts";
import { packProgram } from "../../src/hook/program/packed-program.ts";
import { sha256 } from "../../src/hook/program/sha256.ts";
import { hookParts } from "../../src/launcher/parts.ts";
import { placeHook, placeLauncher } from "../../src/launcher/place-launcher.ts";
import { TemporaryHome } from "../install/temporary-home.ts";

const expected = (data: Uint8Array) => createHash("sha256").update(data).digest("hex");

test("the hook's own SHA-256 is SHA-256", () => {
  for (let length = 0; length <= 260; length++) {
    const data = randomBytes(length);
    expect(sha256(data).toString("hex")).toBe(expected(data));
  }
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 20_000, size: "max" }),
      (data) => sha256(data).toString("hex") === expected(data),
    ),
  );
  for (const length of [16_383, 16_384, 100_000]) {
    const data = randomBytes(length);
    expect(hash("sha256", data, "hex")).toBe(expected(data));
    expect(Buffer.from(hash("sha256", data, "binary"), "latin1").toString("hex")).toBe(
      expected(data),
    );
  }
});

test("what keys are derived by is worked out once, and for other bytes anew", () => {
  const data = randomBytes(96);
  for (let round = 0; round < 3; round += 1) {
    expect(hash("sha256", data, "hex")).toBe(expected(data));
    const piece = Buffer.concat([randomBytes(7), data]).subarray(7);
    expect(hash("sha256", piece, "hex")).toBe(expected(data));
    data[round] = (data[round] ?? 0) ^ 1;
  }
});

describe("the installed program", () => {
  let machine: TemporaryHome;
  beforeEach(() => {
    machine = new TemporaryHome();
    placeLauncher(machine.place);
    placeHook(machine.place);
  });
  afterEach(() => machine.remove());

  const path = () => join(machine.caumHome, "bin", "hook.program");

  function event(result: string): string {
    return JSON.stringify({
      session_id: "s1",
      hook_event_name: "PostToolUse",
      tool_name: "Bash",
      tool_input: { command: "cat notes/1.txt", nonce: 7 },
      tool_use_id: "t1",
      agent_id: "helper",
      tool_response: { stdout: result },
    });
  }

  /** What was left, without what is another one each time. */
  function entries(): readonly unknown[] {
    const inbox = join(machine.caumHome, "inbox");
    const left = readdirSync(inbox).flatMap((session) =>
      readdirSync(join(inbox, session)).map((name) => ({
        session,
        ...JSON.parse(readFileSync(join(inbox, session, name), "utf8")),
        time: 0,
      })),
    );
    rmSync(inbox, { recursive: true });
    return left;
  }

  function run(input: string): readonly unknown[] {
    const hook = join(machine.caumHome, "bin", "hook.cjs");
    const words = [hook, "--home", machine.caumHome, "--no-recorder"];
    const done = spawnSync(process.execPath, words, { input, env: machine.env, encoding: "utf8" });
    expect([done.status, done.stdout, done.stderr]).toEqual([0, "", ""]);
    return entries();
  }

  test("leaves what the command would leave, of short and of long events", async () => {
    for (const result of ["", "2 notes of 2025-01-01", "ü1".repeat(9_000), "x".repeat(200_000)]) {
      const left = run(event(result));
      expect(left).toHaveLength(1);
      await machine.caum(
        ["hook", "claude-code", "--home", machine.caumHome, "--no-recorder"],
        {},
        event(result),
      );
      expect(entries()).toEqual(left);
    }
  });

  test("loads no module that takes long to load", () => {
    const text = readFileSync(path(), "latin1");
    expect(new Set(text.match(/require\("[^"]+"\)/g))).toEqual(
      new Set(["fs", "os", "path", "util"].map((name) => `require("node:${name}")`)),
    );
  });

  test("holds what V8 made of it, and V8 takes it", () => {
    const file = readFileSync(path());
    const end = 4 + file.readUInt32LE();
    const script = `const { Script } = require("node:vm");
      const file = require("node:fs").readFileSync(${JSON.stringify(path())});
      const cachedData = file.subarray(${end});
      console.log(new Script(file.toString("latin1", 4, ${end}), { cachedData }).cachedDataRejected);`;
    expect(spawnSync(process.execPath, ["-e", script], { encoding: "utf8" }).stdout).toBe(
      "false\n",
    );
  });

  test("does the same where what is compiled is of another V8, or was changed", () => {
    const expected = run(event("x"));
    const file = readFileSync(path());
    const end = 4 + file.readUInt32LE();
    const text = file.toString("latin1", 4, end);
    const old = new Date(0);
    writeFileSync(path(), packProgram(text, randomBytes(50_000)));
    utimesSync(path(), old, old);
    expect(run(event("x"))).toEqual(expected);
    // As installed but for the time of its last change: then V8 is not given what was compiled.
    file.fill(0xff, end + 1_000);
    writeFileSync(path(), file);
    expect(run(event("x"))).toEqual(expected);
  });

  test("is there without what V8 makes of it when the Node of the place does not run", () => {
    const parts = hookParts({ node: join(machine.root, "none") });
    const bytes = parts.find(({ name }) => name === "hook.program")?.bytes ?? Buffer.alloc(4);
    expect(bytes.length).toBe(4 + bytes.readUInt32LE());
    writeFileSync(path(), bytes);
    expect(run(event("x"))).toHaveLength(1);
  });
});
