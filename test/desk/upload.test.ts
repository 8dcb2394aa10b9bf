/** From `caum install` to the collector, with nothing in between that a person would not do. */
import { readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { TemporaryHome } from "../../packages/cli/test/install/temporary-home.ts";
import { RunningCollector } from "../../packages/cli/test/running-collector.ts";
import { callTool } from "./wrapped-entry.ts";

const SERVER = new URL("../../packages/cli/test/launcher/fixtures/server.mjs", import.meta.url);
const CONFIG = "u/.cursor/mcp.json";

let machine: TemporaryHome;
let collector: RunningCollector | undefined;
/** Each starts a dozen processes, one after the other. */
vi.setConfig({ testTimeout: 120_000 });
beforeEach(() => {
  machine = new TemporaryHome();
  const echo = { command: process.execPath, args: [SERVER.pathname] };
  machine.write(CONFIG, JSON.stringify({ mcpServers: { echo } }));
});
afterEach(async () => {
  await collector?.stop();
  collector = undefined;
  machine.remove();
});

async function installed(): Promise<RunningCollector> {
  collector = await RunningCollector.start(machine);
  const { url, apiKey } = collector;
  const outcome = await machine.caum(["install", "--url", url], { CAUM_API_KEY: apiKey });
  expect(outcome.code).toBe(0);
  return collector;
}

const use = (times = 3) =>
  callTool(JSON.parse(machine.read(CONFIG)).mcpServers.echo, machine, "desk", times);
const SERVED = { answer: [{ type: "text", text: "" }] };

async function stepsOf({ url, apiKey }: RunningCollector): Promise<number> {
  const reply = await fetch(`${url}/v1/sessions`, {
    headers: { authorization: `Bearer ${apiKey}` },
  });
  // The collector checks its answers against the schema of the door.
  const { sessions } = (await reply.json()) as { sessions: readonly { steps: number }[] };
  return sessions.reduce((sum, { steps }) => sum + steps, 0);
}

test("calls through a wrapped entry stand in the collector without a flush", async () => {
  const running = await installed();
  await use();
  await expect.poll(() => stepsOf(running), { timeout: 50_000 }).toBe(3);
});

test("what was recorded while the collector was down is there once it is up", async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  await RunningCollector.start(machine, String(port)).then((first) => {
    collector = first;
    return first.stop();
  });
  const CAUM_API_KEY = collector?.apiKey ?? "";
  const { stdout } = await machine.caum(["install", "--url", url], { CAUM_API_KEY });
  expect(stdout).toContain("note: nobody answers at");
  expect(await use()).toMatchObject(SERVED);
  const down = await machine.caum(["doctor"]);
  expect(down.stdout).toMatch(/^problem {2}way {8}recorded, and waiting on the disk/m);
  collector = await RunningCollector.start(machine, String(port));
  // The next sessions of any client take what waits with them, as far as their ends leave time.
  let made = 4;
  for (let session = 0; session < 5 && (await stepsOf(collector)) < made; session++) {
    await use();
    made += 3;
  }
  expect(await stepsOf(collector)).toBe(made);
});

const own = (name: string) => join(machine.caumHome, "bin", name);

test.each([
  ["missing", () => rmSync(own("uploader.cjs"))],
  ["broken", () => writeFileSync(own("uploader.cjs"), "(((")],
])("an uploader that is %s is seen in status, doctor and the record", async (_name, breakIt) => {
  const running = await installed();
  breakIt();
  await use();
  expect(await stepsOf(running)).toBe(0);
  const status = await machine.caum(["status"]);
  expect(status.stdout).toMatch(/^problem {5}uploader.cjs .*: run caum install again$/m);
  expect(status.stdout).toContain("the uploader failed (once, last 20");
  const doctor = await machine.caum(["doctor"]);
  expect(doctor.stdout).toMatch(/^problem {2}parts {6}uploader.cjs /m);
  expect(doctor.code).toBe(1);
  await use();
  expect(spooled()).toContain('"kind":"blind","seq":');
  expect(spooled()).toContain('"subject":"uploader"');
});

test.each([
  ["missing", () => rmSync(own("recorder.cjs"))],
  ["broken", () => writeFileSync(own("recorder.cjs"), "(((")],
])("a recorder that was %s stands in the next record", async (_name, breakIt) => {
  await machine.caum(["install"]);
  breakIt();
  await use();
  expect(readdirSync(machine.caumHome)).not.toContain("runs");
  const { stdout } = await machine.caum(["status"]);
  expect(stdout).toMatch(/^problem {5}recorder.cjs .*: run caum install again$/m);
  expect(stdout).toContain("the recorder failed (once, last 20");
  const doctor = await machine.caum(["doctor"]);
  expect(doctor.code).toBe(1);
  expect(doctor.stdout).toMatch(/^problem {2}parts {6}recorder.cjs /m);
  expect(doctor.stdout).toMatch(
    /^problem {2}way {8}the server was served, and nothing was recorded/m,
  );
  await machine.caum(["install"]);
  await use();
  const [run = ""] = machine.runs();
  const records = readFileSync(join(machine.caumHome, "runs", run, "records.ndjson"), "utf8");
  expect(records).toContain('"subject":"recorder"');
});

/** What waits on the disk for the collector. */
function spooled(): string {
  const folder = join(machine.caumHome, "upstream");
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith(".ndjson"))
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("");
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      // True because it listens on a port.
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

test.each([
  ["relay", () => rmSync(own("relay.cjs"))],
  ["node", () => removeNode()],
])("without the %s the server runs alone, and all three say so", async (part, breakIt) => {
  await machine.caum(["install"]);
  breakIt();
  expect(await use()).toMatchObject(SERVED);
  const status = await machine.caum(["status"]);
  expect(status.stdout).toMatch(/^problem {5}a server ran alone: .*\(once, last 20/m);
  const doctor = await machine.caum(["doctor"]);
  expect(doctor.code).toBe(1);
  expect(doctor.stdout).toMatch(/^problem {2}launcher {3}finds no Node >= 20 or no whole relay/m);
  expect(doctor.stdout).toMatch(
    /^problem {2}way {8}the server was served, and nothing was recorded/m,
  );
  await machine.caum(["install"]);
  await use();
  const [run = ""] = machine.runs();
  const records = readFileSync(join(machine.caumHome, "runs", run, "records.ndjson"), "utf8");
  expect(records).toContain(`"kind":"blind","seq":1,"subject":"${part}"`);
});

/** As when its version manager took it away: nothing that the launcher knows of runs any more. */
function removeNode(): void {
  for (const name of ["launch", "serve"]) {
    const text = readFileSync(own(name), "utf8").replaceAll(/'[^']*\/node'/g, "'/nowhere/node'");
    const isLauncher = name === "launch";
    writeFileSync(own(name), isLauncher ? text.replace(/"\$\(command.*(?=; do)/, "") : text);
    utimesSync(own(name), 0, 0);
  }
}
