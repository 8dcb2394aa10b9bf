import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { isNodeNewEnough } from "../src/up/oldest-node.ts";

const main = join(import.meta.dirname, "../src/main.ts");
/** Every command is a process that reads its sources. */
const SLOW = { timeout: 90_000 };

let home: string;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "caum-up-"));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

function caum(...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, ["--conditions=@caum/source", main, ...args], {
    env: { ...process.env, CAUM_HOME: home, CAUM_API_KEY: "", CAUM_URL: "" },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function ran(...args: readonly string[]): Promise<Ran> {
  const child = caum(...args);
  const text = { out: "", error: "" };
  child.stdout?.on("data", (chunk) => (text.out += chunk));
  child.stderr?.on("data", (chunk) => (text.error += chunk));
  const [code] = await once(child, "close");
  return { code, ...text };
}

async function up(...args: readonly string[]) {
  const child = caum("up", "--port", "0", ...args);
  let error = "";
  child.stderr?.on("data", (chunk) => (error += chunk));
  const chunk = await new Promise((resolve, reject) => {
    child.stdout?.once("data", resolve);
    child.once("exit", (code) => reject(new Error(`it ended with ${code}: ${error}`)));
  });
  return {
    child,
    line: String(chunk),
    async stop() {
      child.kill("SIGTERM");
      const [code] = await once(child, "exit");
      return code;
    },
  };
}

test("up prints one line when ready, keeps its keys, and stops on SIGTERM", SLOW, async () => {
  const data = join(home, "data");
  const first = await up("--json", "--data", data);
  const ready = JSON.parse(first.line);
  expect(Object.keys(ready)).toEqual([
    "url",
    "signInLink",
    "apiKey",
    "adminKey",
    "verifierKey",
    "data",
    "desktop",
  ]);
  const headers = { authorization: `Bearer ${ready.apiKey}` };
  expect((await fetch(`${ready.url}/v1/sessions`, { headers })).status).toBe(200);

  const second = await ran("up", "--port", "0", "--data", data);
  expect(second.code).toBe(2);
  expect(second.error).toContain(`in use by process ${first.child.pid}`);
  // Whoever does not know of the first one is told where it is.
  expect(second.error).toContain(`answers at ${ready.url}`);
  expect(await first.stop()).toBe(0);

  const again = await up("--json", "--data", data);
  expect(Object.keys(JSON.parse(again.line))).toEqual([
    "url",
    "signInLink",
    "verifierKey",
    "data",
    "desktop",
  ]);
  const { url } = JSON.parse(again.line);
  expect((await fetch(`${url}/v1/sessions`, { headers })).status).toBe(200);
  await again.stop();

  const shown = await up("--json", "--show-keys", "--data", data);
  expect(JSON.parse(shown.line)).toMatchObject({ apiKey: ready.apiKey, adminKey: ready.adminKey });
  await shown.stop();
});

test("a session is exported as a folder that verifies, with the line to do it", SLOW, async () => {
  const data = join(home, "export");
  const server = await up("--json", "--data", data);
  const { url, apiKey, verifierKey } = JSON.parse(server.line);
  const headers = { authorization: `Bearer ${apiKey}`, "content-type": "application/json" };
  const body = JSON.stringify({ session_id: "my session/1", step: 1, tool: "bash" });
  await fetch(`${url}/v1/step`, { method: "POST", headers, body });
  const out = join(home, "bundle");
  const reach = ["--url", url, "--key", apiKey];
  const exported = await ran("export", "my session/1", "--out", out, ...reach);
  expect(exported.error).toBe("");
  expect(exported.out).toContain(`caum verify ${out} --key ${verifierKey}`);
  expect(readFileSync(join(out, "records.ndjson"), "utf8")).toContain('"my session/1"');
  const verified = await ran("verify", out, "--key", verifierKey);
  expect(verified.code).toBe(0);
  expect(verified.out).toContain("ok-open");

  expect((await ran("export", "my session/1", "--out", out, ...reach)).error).toContain("exists");
  const missing = await ran("export", "other", "--out", join(home, "b2"), ...reach);
  expect(missing).toMatchObject({
    code: 2,
    error: "caum export: there is no such session under this key: caum sessions lists them\n",
  });
  expect(existsSync(join(home, "b2"))).toBe(false);
  await server.stop();
  const down = await ran("export", "x", "--out", join(home, "b3"), ...reach);
  expect(down.error).toContain("no collector answers at");
});

test("a wrong number is one sentence and exit code 2", async () => {
  const result = await ran("up", "--port", "many", "--data", join(home, "wrong"));
  expect(result).toMatchObject({ code: 2, error: "caum up: --port takes a whole number\n" });
});

test("a Node without node:sqlite is refused", () => {
  expect(["20.19.0", "22.12.0", "22.13.0", "24.0.0"].map(isNodeNewEnough)).toEqual([
    false,
    false,
    true,
    true,
  ]);
});

test("keys that are not shown are printed by the command that is named", SLOW, async () => {
  const data = join(home, "a data folder");
  expect(await (await up("--json", "--data", data)).stop()).toBe(0);
  const again = await up("--data", data);
  let told = again.line;
  again.child.stdout?.on("data", (chunk) => (told += chunk));
  await expect.poll(() => told).toContain(`caum collector keys --data '${data}' prints them`);
  expect(await again.stop()).toBe(0);
});
