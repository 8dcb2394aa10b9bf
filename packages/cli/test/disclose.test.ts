/** `caum disclose` and `caum verify --content`: what an auditor can check, and what stays shut. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createObserver } from "@caum/core";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TemporaryHome } from "./install/temporary-home.ts";
import { RunningCollector } from "./running-collector.ts";

const PROXY = fileURLToPath(new URL("../../mcp-proxy/bin/caum-mcp-proxy.cjs", import.meta.url));
const SERVER = fileURLToPath(
  import.meta.resolve("@modelcontextprotocol/server-everything/dist/index.js"),
);

let machine: TemporaryHome;
let vkey = "";
/** Files of what the auditor has from elsewhere. */
let files: Readonly<Record<string, string>>;
beforeAll(async () => {
  machine = new TemporaryHome();
  const observer = createObserver({
    writer: "test",
    writerVersion: "1.0.0",
    layer: "framework",
    view: "full",
    home: machine.caumHome,
    env: {},
    upstream: false,
  });
  for (const session of ["paid", "other"]) {
    observer.observe(session, {
      tool: "pay",
      arguments: { to: "Ann", amount: 12.5 },
      result: "paid: 7391",
      status: "ok",
    });
    observer.observe(session, { tool: "log", result: "x".repeat(100_000), status: "ok" });
  }
  await observer.close();
  vkey = (await machine.caum(["keys"])).stdout.split("\n")[0] ?? "";
  files = {
    args: machine.write("args.json", '{ "amount": 12.50,\n "to": "Ann" }\n'),
    result: machine.write("result.txt", "paid: 7391\n"),
    long: machine.write("long.txt", "x".repeat(100_000)),
    longer: machine.write("longer.txt", "x".repeat(100_001)),
    other: machine.write("other.txt", "paid: 7392"),
    list: machine.write("list.json", "[{}]"),
  };
}, 120_000);
afterAll(() => machine.remove());

/** The folder of the run of a session. */
function runOf(session: string): string {
  const runs = machine.runs().map((name) => join(machine.caumHome, "runs", name));
  const own = `"sessionId":"${session}"`;
  return runs.find((run) => readFileSync(join(run, "records.ndjson"), "utf8").includes(own)) ?? "";
}

async function disclosed(session: string): Promise<string> {
  const { code, stdout, stderr } = await machine.caum(["disclose", session]);
  expect([code, stderr]).toEqual([0, ""]);
  return machine.write(`${session.replaceAll("/", "_")}.key`, stdout);
}

const check = (bundle: string, content = "", disclosure = "", key = vkey) =>
  machine.caum(["verify", bundle, "--key", key, "--content", content, "--disclosure", disclosure]);

test("content that was recorded is found at its call, and other content is not", async () => {
  const key = await disclosed("paid");
  const bundle = runOf("paid");
  const args = await check(bundle, files.args, key);
  expect(args.stdout).toMatch(
    /holds {2}content: it is the arguments of pay at records.ndjson, line 2/,
  );
  expect(args.code).toBe(0);
  const result = await check(bundle, files.result, key);
  expect(result.stdout).toMatch(
    /holds {2}content: it is the result of pay at records.ndjson, line 2/,
  );
  const long = await check(bundle, files.long, key);
  expect(long.stdout).toContain("line 3");
  expect(long.stdout).toContain("by its first 64 KiB and its length");
  for (const file of [files.other, files.longer, files.list]) {
    const none = await check(bundle, file, key);
    expect(none.stdout).toContain("FAILS  content: no call that is opened has it");
    expect(none.code).toBe(13);
  }
}, 120_000);

test("a bundle names its session, and gives the same key", async () => {
  const [byId, byBundle] = [await disclosed("paid"), await disclosed(runOf("paid"))];
  expect(readFileSync(byBundle, "utf8")).toBe(readFileSync(byId, "utf8"));
}, 120_000);

test("the key of one session opens no other, and holds nothing of the key it comes from", async () => {
  const [own, other] = [await disclosed("paid"), await disclosed("other")];
  const wrong = await check(runOf("paid"), files.result, other);
  expect(wrong.stdout).toContain("FAILS  content: the disclosed key opens no run of it");
  expect(wrong.code).toBe(13);
  const master = readFileSync(join(machine.caumHome, "keys", "digest.key"), "utf8").trim();
  for (const key of [own, other]) expect(readFileSync(key, "utf8")).not.toContain(master);
  expect(readFileSync(own, "utf8")).not.toBe(readFileSync(other, "utf8"));
}, 120_000);

test("where the key is not, none is made, and the error says where it is", async () => {
  const elsewhere = new TemporaryHome();
  const { code, stdout, stderr } = await elsewhere.caum(["disclose", runOf("paid")]);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain("run this where it was recorded, with its CAUM_HOME or CAUM_DIGEST_KEY");
  expect(existsSync(join(elsewhere.caumHome, "keys"))).toBe(false);
  const unknown = await elsewhere.caum(["disclose", "paid"]);
  expect([unknown.code, unknown.stderr]).toEqual([
    2,
    expect.stringContaining("give a bundle of it"),
  ]);
  elsewhere.remove();
  const half = await machine.caum([
    "verify",
    runOf("paid"),
    "--key",
    vkey,
    "--content",
    files.args ?? "",
  ]);
  expect([half.code, half.stderr]).toEqual([2, expect.stringContaining("go together")]);
  const noKey = await check(runOf("paid"), files.args, files.args);
  expect([noKey.code, noKey.stderr]).toEqual([2, expect.stringContaining("not a disclosed")]);
}, 120_000);

test("a whole answer of a real MCP server is found, as it lay on the wire and as its text", async () => {
  const before = machine.runs();
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [PROXY, "--", process.execPath, SERVER, "stdio"],
    env: { ...machine.env, CAUM_HOME: machine.caumHome },
  });
  const client = new Client({ name: "test", version: "1.0.0" });
  await client.connect(transport);
  const result = await client.callTool({ name: "echo", arguments: { message: "hello 42" } });
  await client.close();
  const isRecorded = () => {
    const run = machine.runs().find((name) => !before.includes(name));
    const records = run && join(machine.caumHome, "runs", run, "records.ndjson");
    return records && existsSync(records) && readFileSync(records, "utf8").includes('"echo"');
  };
  await expect.poll(isRecorded, { timeout: 50_000 }).toBeTruthy();
  const name = machine.runs().find((one) => !before.includes(one)) ?? "";
  const bundle = join(machine.caumHome, "runs", name);
  await expect.poll(() => existsSync(join(bundle, "checkpoints")), { timeout: 50_000 }).toBe(true);
  const key = await disclosed(bundle);
  const [part] = result.content as { text: string }[]; // what this tool answers
  const forms = [
    machine.write("wire.json", JSON.stringify({ jsonrpc: "2.0", id: 4, result })),
    machine.write("whole.json", JSON.stringify(result)),
    machine.write("text.txt", part?.text ?? ""),
  ];
  for (const form of forms) {
    expect((await check(bundle, form, key)).stdout).toContain("it is the result of echo");
  }
  const asked = {
    jsonrpc: "2.0",
    id: 4,
    method: "tools/call",
    params: { name: "echo", arguments: { message: "hello 42" } },
  };
  const request = machine.write("request.json", JSON.stringify(asked));
  expect((await check(bundle, request, key)).stdout).toContain("it is the arguments of echo");
}, 120_000);

test("what a collector digested itself is disclosed where the collector's folder is", async () => {
  const collector = await RunningCollector.start(machine, "0", ["--no-desktop"]);
  try {
    const headers = {
      authorization: `Bearer ${collector.apiKey}`,
      "content-type": "application/json",
    };
    const step = { session_id: "posted", step: 1, tool: "pay", content: "paid: 7391" };
    const body = JSON.stringify(step);
    await fetch(`${collector.url}/v1/step`, { method: "POST", headers, body });
    const bundle = join(machine.root, "posted");
    const exported = await machine.caum([
      "export",
      "posted",
      "--out",
      bundle,
      "--json",
      ...collector.flags,
    ]);
    const { verifierKey } = JSON.parse(exported.stdout);
    const key = await disclosed(bundle);
    const held = await check(bundle, files.result, key, verifierKey);
    expect(held.stdout).toContain("it is the result of pay");
    expect(held.code).toBe(0);
    const nowhere = await machine.caum(["disclose", bundle, "--data", machine.root]);
    expect(nowhere.code).toBe(2);
    expect(readdirSync(machine.root)).not.toContain("keys");
  } finally {
    await collector.stop();
  }
}, 120_000);
