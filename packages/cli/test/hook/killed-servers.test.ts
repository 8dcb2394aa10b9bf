import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { afterEach, beforeEach, expect, test } from "vitest";
import { placeHook, placeLauncher } from "../../src/launcher/place-launcher.ts";
import { TemporaryHome } from "../install/temporary-home.ts";

const SERVER = fileURLToPath(new URL("../launcher/fixtures/server.mjs", import.meta.url));

let machine: TemporaryHome;
beforeEach(() => {
  machine = new TemporaryHome();
  placeLauncher(machine.place);
  placeHook(machine.place);
});
afterEach(() => machine.remove());

const own = (...path: string[]) => join(machine.caumHome, ...path);
const runs = () => (existsSync(own("runs")) ? readdirSync(own("runs")) : []);

/** A call of a wrapped server, which its client then kills as some do: SIGKILL right after SIGTERM. */
async function useAndKill(): Promise<void> {
  const args = [
    own("bin", "relay.cjs"),
    "--home",
    machine.caumHome,
    "--",
    process.execPath,
    SERVER,
  ];
  const transport = new StdioClientTransport({ command: process.execPath, args, env: machine.env });
  const client = new Client({ name: "t", version: "1" });
  await client.connect(transport);
  await client.callTool({ name: "echo", arguments: {} });
  const isSigned = () =>
    runs().some((run) => existsSync(own("runs", run, "checkpoints/head.note")));
  await expect.poll(isSigned, { timeout: 50_000 }).toBe(true);
  process.kill(transport.pid ?? 0, "SIGKILL");
  await client.close();
}

/** What `caum verify` ends with: 0 for a closed run, 10 or 12 for one that was left. */
async function verified(): Promise<readonly number[]> {
  const key = (await machine.caum(["keys"])).stdout.trim().split("\n")[0] ?? "";
  const codes = [];
  for (const run of runs()) {
    const words = ["verify", own("runs", run), "--key", key, "--require-closed"];
    codes.push((await machine.caum(words)).code);
  }
  return codes;
}

test("the recorder of the hooks closes the runs of servers that a client has killed", async () => {
  await useAndKill();
  expect([[10], [12]]).toContainEqual(await verified());
  const recorder = spawn(process.execPath, [
    own("bin", "hook-recorder.cjs"),
    "--home",
    machine.caumHome,
  ]);
  // It looks when no event has come for a while, and does not have to end for it.
  await expect.poll(verified, { timeout: 20_000 }).toEqual([0]);
  recorder.kill("SIGTERM");
  await once(recorder, "close");
});

test("a recorder that ends looks once more", async () => {
  await useAndKill();
  const words = [own("bin", "hook-recorder.cjs"), "--home", machine.caumHome, "--once"];
  execFileSync(process.execPath, words);
  expect(await verified()).toEqual([0]);
  const [run = ""] = runs();
  expect(readFileSync(own("runs", run, "records.ndjson"), "utf8")).toContain('"subject":"writer"');
});

test("caum flush closes such runs, with a collector or without", async () => {
  await useAndKill();
  const flush = await machine.caum(["flush"]);
  expect(flush.stdout).toBe("closed 1 local runs whose process is gone\n");
  expect(await verified()).toEqual([0]);
  expect((await machine.caum(["flush"])).stdout).toBe("");
});
