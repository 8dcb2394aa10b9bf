/** Which session and which agent the calls of a proxy belong to. */
import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { joinedSessionId, SessionKeys } from "@caum/core/adapter";
import { loadRootKey } from "@caum/core/machine";
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

/** Of a home, in the order of the records. */
function sessionsOf(home: string): readonly string[] {
  return [...new Set(callsIn(home).map((record) => record.sessionId))];
}

test.each(["CLAUDE_CODE_SESSION_ID", "COPILOT_AGENT_SESSION_ID", "QWEN_CODE_SESSION_ID"])(
  "a client that tells its session in %s is recorded in that one, keyed",
  async (name) => {
    const home = temporaryHome();
    const env = { [name]: "6b1a0f6e-session" };
    await oneCall(proxy(home, { env }));
    const key = loadRootKey({ home, env: {} });
    expect(sessionsOf(home)).toEqual([joinedSessionId(key, "6b1a0f6e-session")]);
    expect(JSON.stringify(recordsIn(home))).not.toContain("6b1a0f6e");
  },
);

test("ids that a client sends with a call name its session, its agent and the call", async () => {
  const home = temporaryHome();
  const child = proxy(home);
  const outcome = outcomeOf(child);
  const call = (id: number, meta: object) =>
    [
      { id, method: "tools/call", params: { name: "get_x", _meta: meta } },
      { id, result: { content: [] } },
    ]
      .map((message) => `${JSON.stringify(message)}\n`)
      .join("");
  child.stdin?.write(HELLO);
  await sleep(60);
  const main = call(1, { sessionId: "root-id", threadId: "root-id", callId: "call_1" });
  const sub = call(2, { sessionId: "root-id", threadId: "sub-id", callId: "call_2" });
  await send(child, [Buffer.from(main + sub)]);
  expect(await outcome).toMatchObject({ code: 0 });
  const key = loadRootKey({ home, env: {} });
  const session = joinedSessionId(key, "root-id");
  const keys = new SessionKeys(key, session);
  expect(sessionsOf(home)).toEqual([session]);
  expect(callsIn(home).map(({ payload }) => [payload.toolCallId, payload.agentTag])).toEqual([
    [keys.digest("name", "call_1").slice(0, 32), undefined],
    [keys.digest("name", "call_2").slice(0, 32), keys.tag("sub-id")],
  ]);
});
