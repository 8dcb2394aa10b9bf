/** A host that is done is not kept by what we were waiting for. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterEach, expect, test } from "vitest";
import { isHostDone } from "../../../src/report/upstream/host-done.ts";
import { type NameServer, startNameServer } from "./name-server.ts";

const SCRIPT = join(import.meta.dirname, "asking-process.ts");
const NO_NAME_SERVER = "127.0.0.1:1";
/** The request of the process would take two minutes by itself. */
const AT_ONCE = { timeout: 20_000 };

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function endOf(url: string, nameServer: string, bodyBytes: number, how = "fall-off") {
  const words = [url, nameServer, String(bodyBytes), how];
  const child = spawn(process.execPath, ["--no-warnings", SCRIPT, ...words], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  closers.push(() => child.kill("SIGKILL"));
  let output = "";
  child.stdout?.on("data", (chunk) => (output += chunk));
  child.stderr?.on("data", (chunk) => (output += chunk));
  const [code] = await once(child, "close");
  return { code, output };
}

const ENDED = { code: 0, output: "asked\ndone\n" };

test.each(["fall-off", "exit"])("%s while the name server is silent", AT_ONCE, async (how) => {
  const silent: NameServer = await startNameServer();
  closers.push(() => silent.close());
  expect(await endOf("http://collector.example:9/", silent.address, 0, how)).toEqual(ENDED);
  expect(silent.questions.length).toBeGreaterThan(0);
});

test.each(["fall-off", "exit"])("%s while a connection is not taken", AT_ONCE, async (how) => {
  const url = await startFull();
  expect(await endOf(url, NO_NAME_SERVER, 0, how)).toEqual(ENDED);
});

test.each(["fall-off", "exit"])("%s while the collector does not read", AT_ONCE, async (how) => {
  const server: Server = createServer({ pauseOnConnect: true });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => server.close());
  const { port } = server.address() as { port: number };
  // More than any socket takes in advance.
  expect(await endOf(`http://127.0.0.1:${port}/`, NO_NAME_SERVER, 20_000_000, how)).toEqual(ENDED);
});

/** A server in a thread that has stopped: its queue is full, and nobody is taken in any more. */
async function startFull(): Promise<string> {
  const worker = new Worker(STOPPED_SERVER, { eval: true });
  closers.push(() => worker.terminate());
  const [port] = await once(worker, "message");
  const waiting: Socket[] = [];
  closers.push(() => waiting.map((socket) => socket.destroy()));
  let isTaken = true;
  while (isTaken) {
    const socket = connect(port, "127.0.0.1");
    waiting.push(socket);
    isTaken = await new Promise((resolve) => {
      socket.on("error", () => resolve(false));
      socket.once("connect", () => resolve(true));
      setTimeout(resolve, 500, false);
    });
  }
  return `http://127.0.0.1:${port}/`;
}

const STOPPED_SERVER = `
  const { parentPort } = require("node:worker_threads");
  const server = require("node:net").createServer();
  server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
  });
`;

test("a host waits for something of its own unless all that is listed is ours or stands by", () => {
  const standard = (count: number) => () => count;
  expect(isHostDone([], standard(0))).toBe(true);
  expect(isHostDone(["ConnectWrap", "SimpleWriteWrap"], standard(0))).toBe(true);
  expect(isHostDone(["TCPSocketWrap", "TCPConnectWrap"], standard(0))).toBe(true);
  expect(isHostDone(["ConnectWrap", "PipeWrap", "PipeWrap"], standard(2))).toBe(true);
  expect(isHostDone(["ConnectWrap", "TTYWrap"], standard(1))).toBe(true);
  expect(isHostDone(["ConnectWrap", "PipeWrap", "PipeWrap"], standard(1))).toBe(false);
  expect(isHostDone(["ConnectWrap", "Timeout"], standard(2))).toBe(false);
  expect(isHostDone(["FSReqCallback"], standard(0))).toBe(false);
});
