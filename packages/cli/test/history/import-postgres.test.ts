import { rmSync } from "node:fs";
import { join } from "node:path";
import { joinedSessionId } from "@caum/core/adapter";
import { Signer } from "@caum/core/collector";
import { loadRootKey } from "@caum/core/machine";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  hasServer,
  startServer,
  type TestServer,
} from "../../../collector/test/postgres-server.ts";
import { TemporaryHome } from "../install/temporary-home.ts";
import { RunningCollector } from "../running-collector.ts";
import { exportsFolder, realHome } from "./real-home.ts";

const LOOPED = "73666169-64ae-41f9-a9b9-604a74679a34";

describe.skipIf(!hasServer)("a collector on PostgreSQL", () => {
  let server: TestServer;
  let database: string;
  let machine: TemporaryHome;
  let collector: RunningCollector;
  let person: string;
  let exported: string;

  beforeAll(async () => {
    server = await startServer();
    database = await server.emptyDatabase();
    person = realHome();
    exported = exportsFolder(false);
    machine = new TemporaryHome();
    const env = { CAUM_SIGNING_KEY: Signer.format("test", Buffer.alloc(32, 7)) };
    collector = await RunningCollector.start(machine, "0", ["--database", database], env);
  }, 120_000);

  afterAll(async () => {
    await collector?.stop();
    machine?.remove();
    await server?.stop();
    for (const folder of [person, exported]) rmSync(folder, { recursive: true });
  });

  async function session(id: string) {
    const rootKey = loadRootKey({ home: machine.caumHome, env: {} });
    const headers = { authorization: `Bearer ${collector.apiKey}` };
    const address = `${collector.url}/v1/session/${joinedSessionId(rootKey, id)}?limit=1`;
    return (await (await fetch(address, { headers })).json()) as {
      readonly tree_size: number;
      readonly session: { readonly loop_count: number };
    };
  }

  test("gets histories and exports once, also when an import is made again from its start", async () => {
    const claude = join(person, `.claude/projects/-home-user-proj/${LOOPED}.jsonl`);
    const langfuse = join(exported, "langfuse/observations_v2.jsonl");
    const words = ["import", claude, langfuse, ...collector.flags];
    expect(await machine.caum(words)).toMatchObject({ code: 0, stderr: "" });
    const before = await session(LOOPED);
    expect(before.session.loop_count).toBe(1);
    expect((await session("chat-7")).session.loop_count).toBe(1);
    expect((await machine.caum(words)).stdout).toContain("0 records of");
    rmSync(join(machine.caumHome, "imports"), { recursive: true });
    expect((await machine.caum(words)).code).toBe(0);
    expect((await session(LOOPED)).tree_size).toBe(before.tree_size);
  }, 120_000);
});
