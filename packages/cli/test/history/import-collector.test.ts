import { rmSync } from "node:fs";
import { join } from "node:path";
import { joinedSessionId } from "@caum/core/adapter";
import { loadRootKey } from "@caum/core/machine";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TemporaryHome } from "../install/temporary-home.ts";
import { RunningCollector } from "../running-collector.ts";
import { realHome } from "./real-home.ts";

const LOOPED = "73666169-64ae-41f9-a9b9-604a74679a34";
let machine: TemporaryHome;
let collector: RunningCollector;
let person: string;

beforeAll(async () => {
  person = realHome();
  machine = new TemporaryHome();
  collector = await RunningCollector.start(machine);
}, 60_000);

afterAll(async () => {
  await collector.stop();
  machine.remove();
  rmSync(person, { recursive: true });
});

async function treeSize(): Promise<number> {
  const rootKey = loadRootKey({ home: machine.caumHome, env: {} });
  const headers = { authorization: `Bearer ${collector.apiKey}` };
  const address = `${collector.url}/v1/session/${joinedSessionId(rootKey, LOOPED)}?limit=1`;
  const { tree_size: size, session } = (await (await fetch(address, { headers })).json()) as {
    readonly tree_size: number;
    readonly session: { readonly loop_count: number };
  };
  expect(session.loop_count).toBe(1);
  return size;
}

test("a collector gets a history once, also when the import is made again from its start", async () => {
  const words = ["import", join(person, ".claude/projects"), ...collector.flags];
  const first = await machine.caum(words);
  expect(first).toMatchObject({ code: 0, stderr: "" });
  const size = await treeSize();
  expect(size).toBeGreaterThan(14);
  expect((await machine.caum(words)).stdout).toContain("0 records of");
  rmSync(join(machine.caumHome, "imports"), { recursive: true });
  expect((await machine.caum(words)).code).toBe(0);
  expect(await treeSize()).toBe(size);
});
