/** Whatever happens to what we record, the agent does not notice. */
import { spawn } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { eventually } from "./kept.ts";
import { MIXED_BYTES } from "./stdio-checks.ts";
import { outcomeOf, RAW_SERVER, RELAY, send, start, temporaryHome } from "./stdio-party.ts";

const FAILED = "caum-mcp-proxy: not recording any more: the recorder failed, traffic goes on\n";
const CALL = Buffer.from(
  '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x","arguments":{}}}\n' +
    '{"jsonrpc":"2.0","id":1,"result":{"content":[]}}\n',
);

const BROKEN = {
  "is missing": undefined,
  "cannot be loaded": "throw new Error('load')",
  "throws at every line": "exports.startRecorder = () => ({ accept() { throw 1 }, forgot() {} })",
  "throws later": "exports.startRecorder = () => { setTimeout(() => { throw 1 }); return fake() }",
  "rejects later": "exports.startRecorder = () => { Promise.reject(1); return fake() }",
  "cannot close": "exports.startRecorder = () => ({ ...fake(), close() { throw 1 } })",
};
const FAKE =
  "const fake = () => ({ accept() {}, forgot() {}, rest() {}, interrupt() {}, close: async () => {} });\n";

/** Speaks, waits until something is so, speaks again. */
async function converse(
  { relay = RELAY, home = temporaryHome() },
  isTime: (stderr: string) => boolean = () => true,
) {
  const child = start("proxy", [RAW_SERVER, "echo"], { relay, home });
  const outcome = outcomeOf(child);
  let stderr = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  child.stdin?.write(CALL);
  await eventually(() => isTime(stderr));
  await send(child, [MIXED_BYTES, CALL]);
  return outcome;
}

function relayWith(recorder: string | undefined): string {
  const folder = temporaryHome();
  const relay = join(folder, "relay.cjs");
  copyFileSync(RELAY, relay);
  if (recorder) writeFileSync(join(folder, "recorder.cjs"), FAKE + recorder);
  return relay;
}

const EXPECTED = { code: 0, signal: null, stdoutLength: MIXED_BYTES.length + 2 * CALL.length };

describe.each(Object.entries(BROKEN))("a recorder that %s", (_name, recorder) => {
  test("changes no byte and is told once", async () => {
    const failsAtEnd = recorder?.includes("close()");
    const outcome = await converse(
      { relay: relayWith(recorder) },
      (stderr) => failsAtEnd || stderr === FAILED,
    );
    expect(outcome).toMatchObject({ ...EXPECTED, stderr: FAILED });
  });
});

test("a recorder that never closes is not waited for long", async () => {
  const relay = relayWith(
    "exports.startRecorder = () => ({ ...fake(), close: () => new Promise(() => {}) })",
  );
  expect(await converse({ relay })).toMatchObject({ ...EXPECTED, stderr: "" });
});

test("a home that cannot be written is told once, and traffic flows", async () => {
  const file = join(temporaryHome(), "file");
  writeFileSync(file, "");
  const outcome = await converse({ home: join(file, "home") });
  expect(outcome).toMatchObject(EXPECTED);
  expect(outcome.stderr).toMatch(/^caum-mcp-proxy: recording is limited, traffic goes on: .*\n$/);
});

test.each(["is not there", "never answers", "answers with errors"])(
  "a collector that %s changes no byte",
  async (state) => {
    const server = createServer((_request, response) => {
      if (state === "answers with errors") response.writeHead(500).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    // True because a server that listens on a port has such an address.
    const { port } = server.address() as AddressInfo;
    if (state === "is not there") server.close();
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const home = temporaryHome();
    const settings = { url: `http://127.0.0.1:${port}`, apiKey: "caum_test_x" };
    writeFileSync(join(home, "config.json"), JSON.stringify(settings), { mode: 0o600 });
    const isSpooled = () => existsSync(join(home, "upstream"));
    expect(await converse({ home }, isSpooled)).toMatchObject(EXPECTED);
  },
);

test("our code may be deleted while it runs", async () => {
  const relay = relayWith(undefined);
  copyFileSync(join(dirname(RELAY), "recorder.cjs"), join(dirname(relay), "recorder.cjs"));
  const home = join(temporaryHome(), "home");
  const child = start("proxy", [RAW_SERVER, "echo"], { relay, home });
  const outcome = outcomeOf(child);
  child.stdin?.write(CALL);
  await eventually(() => existsSync(join(home, "sessions")));
  rmSync(dirname(relay), { recursive: true });
  await send(child, [MIXED_BYTES, CALL]);
  expect(await outcome).toMatchObject({ ...EXPECTED, stderr: "" });
  expect(readdirSync(join(home, "runs"))).toHaveLength(1);
});

test.skipIf(process.platform === "win32")("a full disk changes no byte", async () => {
  const home = temporaryHome();
  mkdirSync(join(home, "keys"));
  // Files of this process may grow to one block only, as on a disk without room.
  const words = [
    process.execPath,
    RELAY,
    "--home",
    home,
    "--",
    process.execPath,
    RAW_SERVER,
    "echo",
  ];
  const child = spawn("sh", ["-c", 'ulimit -f 1; exec "$@"', "sh", ...words], { stdio: "pipe" });
  const outcome = outcomeOf(child);
  const calls = Buffer.concat(Array.from({ length: 50 }, () => CALL));
  child.stdin?.write(calls);
  await sleep(600);
  await send(child, [calls, MIXED_BYTES]);
  expect(await outcome).toMatchObject({
    code: 0,
    stdoutLength: 2 * calls.length + MIXED_BYTES.length,
  });
});

test("a client that kills early leaves a run that is whole lines", async () => {
  const home = temporaryHome();
  const child = start("proxy", [RAW_SERVER, "echo"], { home });
  const outcome = outcomeOf(child);
  child.stdin?.write(CALL);
  await eventually(() => existsSync(join(home, "sessions")));
  child.kill("SIGTERM");
  expect(await outcome).toMatchObject({ signal: "SIGTERM" });
  const [run = ""] = readdirSync(join(home, "runs"));
  const lines = readFileSync(join(home, "runs", run, "records.ndjson"), "utf8").split("\n");
  expect(lines.pop()).toBe("");
  expect(lines.map((line) => JSON.parse(line).payload.seq)).toEqual(lines.map((_, seq) => seq));
  expect(JSON.parse(lines.at(-1) ?? "").payload.type).toBe("close");
});
