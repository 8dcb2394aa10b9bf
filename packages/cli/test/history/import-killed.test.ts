/** An import that is killed in the middle goes on as if it had not been. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { generate } from "../../../../bench/histories/generate.ts";
import { TemporaryHome } from "../install/temporary-home.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
/** Enough for several sessions: the kill comes when the second of them has begun. */
const BYTES = 9_000_000;
let machine: TemporaryHome;
let histories: string;

beforeAll(() => {
  machine = new TemporaryHome();
  histories = join(machine.root, "histories");
  generate(histories, BYTES);
});

afterAll(() => machine.remove());

/** Each run with its records, by its name. */
function runsIn(home: string): ReadonlyMap<string, string> {
  const folder = join(home, "runs");
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  return new Map(
    names.flatMap((name) => {
      const path = join(folder, name, "records.ndjson");
      return existsSync(path) ? [[name, readFileSync(path, "utf8")]] : [];
    }),
  );
}

async function killedImport(home: string): Promise<string | null> {
  const words = ["--conditions=@caum/source", "--no-warnings", MAIN, "import", "--home", home];
  const child: ChildProcess = spawn(process.execPath, [...words, histories], {
    env: machine.env,
    stdio: "ignore",
  });
  const ended = once(child, "exit");
  while (child.exitCode === null && runsIn(home).size < 2) {
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  child.kill("SIGKILL");
  const [, signal] = await ended;
  return signal;
}

test("the records are those of an import that nobody killed, and none is there twice", async () => {
  const whole = join(machine.root, "whole");
  const killed = join(machine.root, "killed");
  expect((await machine.caum(["import", "--home", whole, histories])).code).toBe(0);
  // The same machine: ids and signatures come from its keys.
  cpSync(join(whole, "keys"), join(killed, "keys"), { recursive: true });
  expect(await killedImport(killed)).toBe("SIGKILL");
  expect(runsIn(killed)).not.toEqual(runsIn(whole));
  const again = await machine.caum(["import", "--home", killed, histories]);
  expect(again).toMatchObject({ code: 0, stderr: "" });
  expect(runsIn(killed)).toEqual(runsIn(whole));
  expect((await machine.caum(["import", "--home", killed, histories])).stdout).toContain(
    "0 records of",
  );
}, 120_000);
