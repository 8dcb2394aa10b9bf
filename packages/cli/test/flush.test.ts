/** `caum flush` and `caum status` as a person runs them. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  globSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Collector, startCollector } from "@caum/collector";
import { createObserver } from "@caum/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { KEPT_CODE } from "../../../test/kept-code.ts";

const MAIN = join(import.meta.dirname, "../src/main.ts");

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "caum-flush-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function caum(words: readonly string[], env: Record<string, string> = {}): Promise<Run> {
  const child = spawn(
    process.execPath,
    ["--no-warnings", "--conditions=@caum/source", MAIN, ...words],
    {
      env: { ...KEPT_CODE, PATH: process.env.PATH ?? "", CAUM_HOME: join(folder, "home"), ...env },
    },
  );
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const [status] = await once(child, "close");
  return { status, stdout, stderr };
}

/** Records of a process that could not deliver them. */
async function leaveRecords(url: string, apiKey: string): Promise<void> {
  const observer = createObserver({
    writer: "test",
    writerVersion: "1.0.0",
    layer: "framework",
    view: "full",
    home: join(folder, "home"),
    env: {},
    upstream: { url, apiKey },
    transport: async () => Promise.reject(new Error("down")),
    onProblem: () => undefined,
  });
  for (let index = 0; index < 10; index++) observer.observe("s", { tool: "a", status: "ok" });
  await observer.close();
}

async function withCollector(work: (collector: Collector) => Promise<void>): Promise<void> {
  const collector = await startCollector({ data: join(folder, "data"), port: 0, env: {} });
  try {
    await work(collector);
  } finally {
    await collector.close();
  }
}

test("what a dead process left is shown, previewed, delivered, and gone", async () => {
  await withCollector(async ({ url, apiKey }) => {
    await leaveRecords(url, apiKey);
    const before = await caum(["status", "--json"], { CAUM_URL: url, CAUM_API_KEY: apiKey });
    expect(before.stdout).not.toContain(apiKey);
    const status = JSON.parse(before.stdout);
    expect(status).toMatchObject({ collector: url, hasKey: true, problems: [] });
    expect(status.upstreams).toMatchObject([
      { spooled: 12, dropped: 0, rejected: 0, lastError: { code: "unreachable" } },
    ]);
    const preview = await caum(["flush", "--dry-run"], { CAUM_URL: url, CAUM_API_KEY: apiKey });
    expect(preview.stdout).toContain(`POST ${url}/v1/runs/`);
    expect(preview.stdout).not.toContain(apiKey);
    expect(preview.stderr).toBe("caum flush: 12 records would be sent; nothing was\n");
    const asJson = await caum(["flush", "--dry-run", "--json"], {
      CAUM_URL: url,
      CAUM_API_KEY: apiKey,
    });
    expect({ status: asJson.status, stderr: asJson.stderr }).toEqual({ status: 0, stderr: "" });
    const { wouldSend, requests } = JSON.parse(asJson.stdout);
    expect([wouldSend, `${requests.join("\n")}\n`]).toEqual([12, preview.stdout]);
    const flush = await caum(["flush"], { CAUM_URL: url, CAUM_API_KEY: apiKey });
    expect(flush).toEqual({ status: 0, stdout: "delivered 12 records\n", stderr: "" });
    const after = JSON.parse((await caum(["status", "--json"])).stdout);
    expect(after.upstreams).toMatchObject([{ spooled: 0, spooledBytes: 0 }]);
  });
});

test("records that the disk lost are named, end with 3, and stay in the status and in the record", async () => {
  await withCollector(async ({ url, apiKey }) => {
    await leaveRecords(url, apiKey);
    const env = { CAUM_URL: url, CAUM_API_KEY: apiKey };
    const [segment = ""] = globSync(join(folder, "home/upstream/*/processes/*/00000001.ndjson"));
    const bytes = readFileSync(segment);
    // In the middle of the fifth of twelve lines, and of the last one.
    const lines = bytes.toString("latin1").split("\n");
    const fifth = lines.slice(0, 4).join("\n").length + 100;
    bytes[fifth] = (bytes[fifth] ?? 0) ^ 1;
    writeFileSync(segment, bytes.subarray(0, -100));
    expect(await caum(["flush"], env)).toEqual({
      status: 3,
      stdout: "delivered 10 records\n",
      stderr:
        "caum flush: 1 spooled records are gone: the record of their session says so\n" +
        "caum flush: 1 lines of the spool are not as they were written: they are not sent\n" +
        "caum flush: 1 spooled records are gone: the record of their session says so\n",
    });
    const status = await caum(["status"]);
    expect(status.stdout).toContain("  damaged   1 lines of the spool that the disk changed\n");
    expect(status.stdout).toContain(
      "  lost      2 records that the disk had: their sessions declare them\n",
    );
    const headers = { authorization: `Bearer ${apiKey}` };
    const bundle = await (await fetch(`${url}/v1/session/s/bundle`, { headers })).text();
    expect(bundle.match(/"type":"hole"/g)).toHaveLength(2);
    expect(await caum(["flush"], env)).toMatchObject({ status: 0, stderr: "" });
    const asJson = JSON.parse((await caum(["flush", "--json"], env)).stdout);
    expect(asJson).toMatchObject({ damaged: 0, lost: 0, problems: [] });
  });
});

test("a local run that was cut off is signed by flush", async () => {
  const observer = createObserver({
    writer: "test",
    writerVersion: "1.0.0",
    layer: "framework",
    view: "full",
    home: join(folder, "home"),
    env: {},
    upstream: false,
  });
  observer.observe("s", { tool: "a", status: "ok" });
  await observer.flush();
  const runs = join(folder, "home", "runs");
  const run = join(runs, readdirSync(runs)[0] ?? "");
  const note = join(run, "checkpoints", "head.note");
  const signed = readFileSync(note);
  observer.observe("s", { tool: "a", status: "ok" });
  await observer.close();
  writeFileSync(note, signed);
  utimesSync(join(run, "records.ndjson"), 0, 0);
  const flush = await caum(["flush"]);
  expect(flush.stdout).toBe("signed 1 local runs that were cut off\n");
  expect((await caum(["flush"])).stdout).toBe("");
  expect(readdirSync(join(run, "checkpoints")).sort()).toEqual(["head.note", "recovered.note"]);
});

test("status names what stands against the spool, and who else could read the key", async () => {
  const home = join(folder, "home");
  await leaveRecords("http://127.0.0.1:1", "k");
  const [tag = ""] = readdirSync(join(home, "upstream"));
  const processes = join(home, "upstream", tag, "processes");
  chmodSync(join(processes, readdirSync(processes)[0] ?? ""), 0o777);
  const open = await caum(["status"], { CAUM_URL: "http://10.0.0.1", CAUM_API_KEY: "k" });
  expect(open.stdout).toContain("problem     the key goes over the network unencrypted");
  expect(open.stdout).toContain("refused   1 folders: links, of somebody else or open to others");
  rmSync(join(home, "upstream"), { recursive: true });
  writeFileSync(join(home, "upstream"), "");
  expect((await caum(["status"])).stdout).toContain("upstream is no folder: move it away");
});

test("without a collector, with a wrong URL or a bad number there is one clear line", async () => {
  expect(await caum(["flush"])).toMatchObject({
    status: 2,
    stderr: "caum flush: no collector: set CAUM_URL and CAUM_API_KEY, or give --url and --key\n",
  });
  expect((await caum(["flush", "--url", "ftp://x"])).stderr).toMatch(
    /^caum flush: url .* is not usable/,
  );
  const late = await caum(["flush", "--url", "http://127.0.0.1:1", "--within", "soon"]);
  expect(late).toMatchObject({ status: 2 });
  writeFileSync(join(folder, "config.json"), "{");
  expect((await caum(["status", "--home", folder])).stdout).toContain(
    "config.json is no JSON object",
  );
});
