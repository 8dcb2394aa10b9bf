/** Whatever happens to what we record, a client that speaks HTTP does not notice. */
import { copyFileSync, existsSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { exchange, type HttpProxy, startProxy, startServer } from "./http-party.ts";
import { callsIn, eventually, recordsAreIn } from "./kept.ts";
import { RELAY, temporaryHome } from "./stdio-party.ts";

const FAILED = "the recorder failed, traffic goes on";
const CALLS = 20;

const call = (id: number) =>
  `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"x","arguments":{}}}`;

const FAKE = "const fake = () => ({ accept() {}, forgot() {}, close: async () => {} });\n";
const BROKEN = {
  "is missing": undefined,
  "cannot be loaded": "throw new Error('load')",
  "throws at every item":
    "exports.startHttpRecorder = () => ({ accept() { throw 1 }, forgot() {} })",
  "throws later":
    "exports.startHttpRecorder = () => { setTimeout(() => { throw 1 }); return fake() }",
  "rejects later": "exports.startHttpRecorder = () => { Promise.reject(1); return fake() }",
};

/** The proxy's own files in a folder that can be broken and deleted. */
function copyOfProxy(recorder: string | undefined): string {
  const folder = temporaryHome();
  for (const name of ["relay.cjs", "http.cjs"]) {
    copyFileSync(join(dirname(RELAY), name), join(folder, name));
  }
  if (recorder) writeFileSync(join(folder, "recorder.cjs"), FAKE + recorder);
  return join(folder, "relay.cjs");
}

/** Every answer is what the server said: `<id>` of the request, echoed. */
async function answersAreRight(proxy: HttpProxy, from = 0): Promise<void> {
  for (let id = from; id < from + CALLS; id++) {
    const body = [Buffer.from(call(id))];
    const answer = await exchange(proxy.url, {
      headers: ["Content-Type", "application/json"],
      body,
    });
    expect(answer).toMatchObject({ line: "1.1 200 OK", body: reply(id) });
  }
}

const reply = (id: number) => `{"jsonrpc":"2.0","id":${id},"result":{"content":[]}}`;

async function startEcho(): Promise<string> {
  const { url } = await startServer((_request, response, body) => {
    const { id } = JSON.parse(body.toString());
    response.writeHead(200, { "content-type": "application/json" }).end(reply(id));
  });
  return url;
}

describe.each(Object.entries(BROKEN))("a recorder that %s", (_name, recorder) => {
  test("changes no answer and is told once", async () => {
    const proxy = await startProxy(await startEcho(), { relay: copyOfProxy(recorder) });
    await answersAreRight(proxy);
    await eventually(() => proxy.stderr().includes(FAILED));
    await answersAreRight(proxy, CALLS);
    expect(proxy.stderr().split(FAILED)).toHaveLength(2);
  });
});

test("our code may be deleted while it runs", async () => {
  const relay = copyOfProxy(undefined);
  copyFileSync(join(dirname(RELAY), "recorder.cjs"), join(dirname(relay), "recorder.cjs"));
  const proxy = await startProxy(await startEcho(), { relay });
  await answersAreRight(proxy);
  await eventually(() => recordsAreIn(proxy.home));
  rmSync(dirname(relay), { recursive: true });
  await answersAreRight(proxy, CALLS);
  await eventually(() => callsIn(proxy.home).length === 2 * CALLS);
  expect(proxy.stderr()).not.toContain(FAILED);
});

test("a home that cannot be written changes no answer and is told once", async () => {
  const file = join(temporaryHome(), "file");
  writeFileSync(file, "");
  const proxy = await startProxy(await startEcho(), { home: join(file, "home") });
  await answersAreRight(proxy);
  await eventually(() => proxy.stderr().includes("recording is limited"));
  await answersAreRight(proxy, CALLS);
  expect(proxy.stderr().split("recording is limited")).toHaveLength(2);
});

test.skipIf(process.platform === "win32")("a full disk changes no answer", async () => {
  // Files of this process may grow to one block only, as on a disk without room.
  const shell = ["sh", "-c", 'ulimit -f 1; exec "$@"', "sh"];
  const proxy = await startProxy(await startEcho(), { shell });
  for (let round = 0; round < 3; round++) await answersAreRight(proxy, round * CALLS);
  await eventually(() => proxy.stderr().includes("recording is limited"));
  await answersAreRight(proxy, 3 * CALLS);
  expect(proxy.child.exitCode).toBeNull();
});

describe.each(["is not there", "never answers", "answers with errors"])(
  "a collector that %s",
  (state) => {
    test("changes no answer", async () => {
      const home = homeWithCollector(await startCollector(state));
      const proxy = await startProxy(await startEcho(), { home });
      await answersAreRight(proxy);
      await eventually(() => existsSync(join(home, "upstream")));
      await answersAreRight(proxy, CALLS);
      expect(proxy.stderr()).not.toContain(FAILED);
    });
  },
);

async function startCollector(state: string): Promise<number> {
  const collector = createServer((_request, response) => {
    if (state === "answers with errors") response.writeHead(500).end();
  });
  await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
  // True because a server that listens on a port has such an address.
  const { port } = collector.address() as AddressInfo;
  if (state === "is not there") collector.close();
  onTestFinished(() => {
    collector.closeAllConnections();
    collector.close();
  });
  return port;
}

function homeWithCollector(port: number): string {
  const home = temporaryHome();
  const settings = { url: `http://127.0.0.1:${port}`, apiKey: "caum_test_x" };
  writeFileSync(join(home, "config.json"), JSON.stringify(settings), { mode: 0o600 });
  return home;
}
