/** Which session and which agent the calls of a proxy belong to. */
import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { callsIn, recordsIn } from "./kept.ts";
import { outcomeOf, RAW_SERVER, RELAY, send, start, temporaryHome } from "./stdio-party.ts";

const HELLO = Buffer.from(
  '{"id":0,"method":"initialize","params":{"clientInfo":{"name":"Client X","version":"3.1"}}}\n',
);
const CALL = Buffer.from(
  '{"id":1,"method":"tools/call","params":{"name":"get_x"}}\n{"id":1,"result":{"content":[]}}\n',
);

/** Lets a proxy see one call to its end. */
async function oneCall(child: ChildProcess): Promise<void> {
  const outcome = outcomeOf(child);
  child.stdin?.write(HELLO);
  await sleep(60);
  await send(child, [CALL]);
  expect(await outcome).toMatchObject({ code: 0 });
}

function proxy(home: string, { env = {}, flags = [] as readonly string[] } = {}): ChildProcess {
  const words = [RELAY, "--home", home, ...flags, "--", process.execPath, RAW_SERVER, "echo"];
  return spawn(process.execPath, words, { stdio: "pipe", env: { ...process.env, ...env } });
}

test("the servers of one client are runs of one session, also when started at once", async () => {
  const home = temporaryHome();
  await Promise.all([
    oneCall(start("proxy", [RAW_SERVER, "echo"], { home })),
    oneCall(start("proxy", [RAW_SERVER, "echo"], { home })),
  ]);
  const calls = callsIn(home);
  expect(new Set(calls.map((record) => record.runId)).size).toBe(2);
  expect(new Set(calls.map((record) => record.sessionId)).size).toBe(1);
  expect(calls[0]?.sessionId).toMatch(/^s-[a-z2-7]{26}$/);
  // The same call through the same key has the same digest in both processes.
  expect(new Set(calls.map(({ payload }) => payload.argumentsHash)).size).toBe(1);
});

test.skipIf(process.platform === "win32")("a launcher between is no client", async () => {
  const home = temporaryHome();
  await oneCall(proxy(home));
  const words = [RELAY, "--home", home, "--", process.execPath, RAW_SERVER, "echo"];
  const shell = ["-c", '"$@"; exit $?', "sh", process.execPath, ...words];
  await oneCall(spawn("sh", shell, { stdio: "pipe" }));
  expect(new Set(callsIn(home).map((record) => record.sessionId)).size).toBe(1);
});

test("the client's name becomes agent and framework, its version the agent's", async () => {
  const home = temporaryHome();
  await oneCall(proxy(home));
  expect(recordsIn(home)[0]).toMatchObject({
    agentId: "Client X",
    sourceFramework: "Client X",
    agentVersion: "3.1",
  });
});

test("names are not kept when they are to be keyed", async () => {
  const home = temporaryHome();
  await oneCall(proxy(home, { flags: ["--hash-names"] }));
  expect(JSON.stringify(recordsIn(home))).not.toMatch(/Client X|get_x/);
});

test("flags are stronger than the environment, and that is stronger than config.json", async () => {
  const home = temporaryHome();
  const settings = { sessionId: "from-file", agentId: "from-file" };
  writeFileSync(join(home, "config.json"), JSON.stringify(settings), { mode: 0o600 });
  await oneCall(proxy(home));
  await oneCall(proxy(home, { env: { CAUM_SESSION_ID: "from-env", CAUM_AGENT_ID: "from-env" } }));
  const env = { CAUM_SESSION_ID: "from-env", CAUM_AGENT_ID: "from-env" };
  await oneCall(proxy(home, { env, flags: ["--session", "flag", "--agent=flag"] }));
  const seen = recordsIn(home).map((record) => `${record.sessionId} ${record.agentId}`);
  expect([...new Set(seen)].sort()).toEqual([
    "flag flag",
    "from-env from-env",
    "from-file from-file",
  ]);
});
