/** The ends that matter most; `npm run test:ends` tries them all (matrix.ts). */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { callsIn, eventually, type KeptRecord, recordsIn } from "../kept.ts";
import {
  outcomeOf,
  RAW_SERVER,
  RELAY_NODE,
  start,
  temporaryHome,
  until,
  type Way,
} from "../stdio-party.ts";
import { expectedOf } from "./departures.ts";
import { ALONE, behindRelay, type End, endOf, nameOf, SERVERS } from "./ends.ts";

const ROOT = join(import.meta.dirname, "../../..");
const HELLO = '{"id":0,"method":"initialize","params":{"clientInfo":{"name":"c","version":"1"}}}\n';
const CHOSEN: readonly End[] = [
  { signal: "SIGKILL", to: "client" },
  { signal: "SIGTERM", to: "group" },
  { signal: "SIGINT", to: "server" },
  { signal: "SIGKILL", to: "server" },
  { endOfInput: true },
  ...(spawnSync("script", ["--version"]).error ? [] : [{ hangUp: true } as const]),
];

test.skipIf(process.platform === "win32").each(CHOSEN.map((end) => [nameOf(end), end] as const))(
  "%s: a server ends as it would alone",
  async (_name, end) => {
    await Promise.all(
      SERVERS.map(async (server) => {
        const relay = behindRelay(RELAY_NODE);
        const [alone, came] = await Promise.all([
          endOf(ALONE, server, end),
          endOf(relay, server, end),
        ]);
        expect(came, server).toEqual(expectedOf(server, end, alone));
      }),
    );
  },
);

/** Speaks a few milliseconds after its start, and notes each signal. */
const QUICK = `trap 'echo TERM >>"$1"' TERM; echo ready; while :; do sleep 1 & wait; done`;

test.skipIf(process.platform === "win32").each([
  ["alone", ALONE],
  ["behind the relay", behindRelay(RELAY_NODE)],
])("%s, a server that has just spoken gets a signal to its group once", async (_name, { wrap }) => {
  const home = temporaryHome();
  const log = join(home, "log");
  const [command = "", ...words] = wrap(home, ["sh", "-c", QUICK, "sh", log]);
  const child = spawn(command, words, { stdio: "pipe", detached: true });
  const group = -(child.pid ?? 0);
  await until(child, "ready");
  process.kill(group, "SIGTERM");
  await eventually(() => existsSync(log));
  // A second one would have come by then.
  await sleep(400);
  process.kill(group, "SIGKILL");
  expect(readFileSync(log, "utf8")).toBe("TERM\n");
});

test("a server that ignores all of it is ended some seconds after its client", async () => {
  const end = { signal: "SIGKILL", to: "client" } as const;
  const came = await endOf(behindRelay(RELAY_NODE), "ignores", end, 10_000);
  expect(came).toEqual({ noted: ["SIGTERM", "end of input"], isGone: true });
});

test.each(["direct", "proxy"] as const)(
  "%s: a second signal is passed on as it is",
  async (way) => {
    const child = start(way as Way, [RAW_SERVER, "stubborn"]);
    const outcome = outcomeOf(child);
    let said = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      said += chunk;
    });
    await until(child, "ready");
    for (const heard of ["ready\nno\n", "ready\nno\nno\n"]) {
      child.kill("SIGTERM");
      await eventually(() => said === heard);
    }
    child.kill("SIGKILL");
    expect(await outcome).toMatchObject({ signal: "SIGKILL" });
  },
);

test("an answer to a reader that is no client is waited for", async () => {
  const home = temporaryHome();
  const words = [...behindRelay(RELAY_NODE).wrap(home, [])];
  const server = [process.execPath, "-e", "setTimeout(() => console.log('late'), 600)"];
  const line = [...words, ...server].map((word) => `"${word}"`).join(" ");
  // The shell that began the pipeline is gone long before the answer.
  const shell = spawn("sh", ["-c", `printf '{}\\n' | ${line} | cat &`], { stdio: "pipe" });
  let said = "";
  shell.stdout.on("data", (chunk: Buffer) => {
    said += chunk;
  });
  await new Promise((resolve) => shell.on("close", resolve));
  expect(said).toBe("late\n");
});

/** Calls that are answered at once, and one of which the answer is only given after the signal. */
const SLOW_TO_END = `
let open;
const say = (id) => console.log(JSON.stringify({ jsonrpc: "2.0", id, result: { content: [] } }));
process.on("SIGTERM", () => setTimeout(() => open !== undefined && say(open), 300));
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, params } = JSON.parse(line);
  if (params.name === "slow") open = id;
  else say(id);
});
setInterval(() => {}, 1000);
`;

async function startSlow(home: string) {
  const child = start("proxy", ["-e", SLOW_TO_END], { home });
  child.stdout?.setEncoding("utf8");
  let said = "";
  child.stdout?.on("data", (chunk: string) => {
    said += chunk;
  });
  child.stdin?.write(HELLO);
  await eventually(() => said.includes('"id":0'));
  const ask = (id: number, name: string) =>
    child.stdin?.write(`{"id":${id},"method":"tools/call","params":{"name":"${name}"}}\n`);
  const isAnswered = (id: number) => said.includes(`"id":${id},`);
  return { child, ask, isAnswered };
}

function runsOf(home: string): readonly (readonly KeptRecord[])[] {
  const records = recordsIn(home);
  const ids = [...new Set(records.map(({ runId }) => runId))];
  return ids.map((id) => records.filter(({ runId }) => runId === id));
}

function isClosed(run: readonly KeptRecord[]): boolean {
  return run.at(-1)?.payload.type === "close";
}

/** Whether the signed head of a run speaks of all of its records. */
function isSigned(home: string, run: readonly KeptRecord[]): boolean {
  const head = join(home, "runs", run[0]?.runId ?? "", "checkpoints/head.note");
  return existsSync(head) && readFileSync(head, "utf8").split("\n")[1] === String(run.length);
}

test("a run is closed and signed at the first signal, and what comes later is kept", async () => {
  const home = temporaryHome();
  const { child, ask, isAnswered } = await startSlow(home);
  ask(1, "quick");
  await eventually(() => isAnswered(1));
  ask(2, "slow");
  await eventually(() => callsIn(home).length === 1);
  await sleep(50);
  child.kill("SIGTERM");
  await eventually(() => runsOf(home).some(isClosed));
  expect(isAnswered(2)).toBe(false);
  const [first] = runsOf(home);
  expect(first?.map(({ payload }) => payload.status ?? payload.type)).toEqual([
    "open",
    "ok",
    "unresolved",
    "close",
  ]);
  await eventually(() => isSigned(home, first ?? []));
  await eventually(() => callsIn(home).length === 3);
  child.kill("SIGTERM");
  await eventually(() => runsOf(home).filter(isClosed).length === 2);
  await eventually(() => runsOf(home).every((run) => isSigned(home, run)));
  child.kill("SIGKILL");
  const late = callsIn(home).filter(({ payload }) => payload.toolName === "slow");
  expect(late.map(({ payload }) => payload.status).sort()).toEqual(["ok", "unresolved"]);
  expect(new Set(late.map(({ payload }) => payload.toolCallId)).size).toBe(1);
  const [key = ""] = caum(home, ["keys", "print"]).split("\n");
  for (const run of readdirSync(join(home, "runs"))) {
    caum(home, ["verify", join(home, "runs", run), "--key", key, "--require-closed"]);
  }
});

test("what was answered is on the disk when traffic pauses", async () => {
  const home = temporaryHome();
  const { child, ask, isAnswered } = await startSlow(home);
  const waits: number[] = [];
  for (const id of [1, 2, 3, 4, 5, 6]) {
    ask(id, "quick");
    await eventually(() => isAnswered(id));
    const answeredAt = performance.now();
    await eventually(() => callsIn(home).length === id);
    waits.push(performance.now() - answeredAt);
  }
  // Some 25 ms; a machine with much else to do may be late now and then.
  expect(Math.min(...waits)).toBeLessThan(100);
  child.kill("SIGKILL");
});

/** What the command prints; it has to succeed. */
function caum(home: string, words: readonly string[]): string {
  const env = { ...process.env, CAUM_HOME: home };
  const all = ["packages/cli/bin/caum.js", ...words];
  const done = spawnSync(process.execPath, all, { cwd: ROOT, env, encoding: "utf8" });
  expect(done.status, done.stdout + done.stderr).toBe(0);
  return done.stdout;
}
