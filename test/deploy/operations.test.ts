/** docs/operations.md: every command is run as it stands there, in this order, in one place. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  hasServer,
  startServer,
  type TestServer,
  tellMissing,
} from "../../packages/collector/test/postgres-server.ts";
import { hasTool } from "../has-tool.ts";

const ROOT = join(import.meta.dirname, "../..");
const DOCUMENT = readFileSync(join(ROOT, "docs/operations.md"), "utf8");
const place = mkdtempSync(join(tmpdir(), "caum-operations-"));
const at = (...names: readonly string[]) => join(place, ...names);

/** Not here, or not to be touched: they only say what they were asked for. */
const STAND_INS = ["npm", "docker", "systemctl", "nginx"];
console.warn(
  `NOT TESTED on this machine: ${STAND_INS.join(", ")} of docs/operations.md, by stand-ins`,
);
const hasMan = hasTool(["man", "--version"], "man of docs/operations.md");
const hasDump = hasServer && hasTool(["pg_dump", "--version"], "pg_dump of docs/operations.md");

let env: Record<string, string>;
let running: ChildProcess | undefined;
let server: TestServer | undefined;
let database: string | undefined;

beforeAll(async () => {
  if (hasServer) server = await startServer();
  else tellMissing();
  mkdirSync(at("bin"));
  const program = (name: string, text: string) => {
    writeFileSync(at("bin", name), `#!/bin/bash\n${text}\n`);
    chmodSync(at("bin", name), 0o755);
  };
  const caum = join(ROOT, "packages/cli/bin/caum.js");
  program("caum", `exec '${process.execPath}' --no-warnings '${caum}' "$@"`);
  for (const name of STAND_INS) program(name, `echo "${name} $*" >> '${at("asked")}'`);
  program(
    "npm",
    `if [ "$1" = root ]; then echo '${at("lib")}'; else echo "npm $*" >> '${at("asked")}'; fi`,
  );
  // What root would change is changed below a folder of the test.
  program(
    "sudo",
    `words=(); for word; do words+=("\${word/#\\/etc\\//${at("root")}/etc/}"); done; "\${words[@]}"`,
  );
  mkdirSync(at("lib/@caum"), { recursive: true });
  symlinkSync(join(ROOT, "packages/cli"), at("lib/@caum/cli"));
  symlinkSync(join(ROOT, "deploy"), at("deploy"));
  env = {
    PATH: `${at("bin")}:${process.env.PATH}`,
    HOME: place,
    CAUM_HOME: at("home"),
    CAUM_PORT: String(await freePort()),
    CAUM_DESKTOP: "false",
    NO_COLOR: "1",
    CI: "1",
  };
  database = await server?.emptyDatabase();
}, 120_000);
afterAll(async () => {
  await stop();
  await server?.stop();
  rmSync(place, { recursive: true, force: true });
});

interface Block {
  readonly section: string;
  readonly script: string;
}

const BLOCKS: readonly Block[] = DOCUMENT.split(/^## /m).flatMap((part) => {
  const section = part.split("\n", 1)[0] ?? "";
  return [...part.matchAll(/^```sh\n(.*?)^```/gms)].map(([, script = ""]) => ({ section, script }));
});

test("there is something to run in each section", () => {
  const sections = [...DOCUMENT.matchAll(/^## (.*)$/gm)].map(([, section]) => section);
  expect([...new Set(BLOCKS.map(({ section }) => section))]).toEqual(sections);
  expect(sections).toEqual(
    expect.arrayContaining(["Install", "Upgrade", "Back up", "Restore", "Sizes"]),
  );
});

test.each(BLOCKS)("$section: $script", { timeout: 120_000 }, async ({ section, script }) => {
  const isOnDatabase = section === "PostgreSQL";
  if (isOnDatabase && !hasDump) return;
  const settings = isOnDatabase ? { ...env, ...onDatabase() } : env;
  const lines = script.trim().split("\n");
  if (lines[0]?.startsWith("pg_restore")) await stop();
  let rest: string[] = [];
  for (const line of lines) {
    if (line.startsWith("man ") && !hasMan) continue;
    if (!line.startsWith("caum up")) {
      rest.push(line);
      continue;
    }
    await run(rest, settings);
    rest = [];
    await stop();
    await start(line, settings);
  }
  await run(rest, settings);
});

test("a record takes about as much of the disk as the page says", async () => {
  const [, told = ""] = /\| a record \| about ([\d,]+) bytes/.exec(DOCUMENT) ?? [];
  await stop();
  await start(`caum up --no-open --data ./measured --rate-limit 0`, env);
  const account = JSON.parse(readFileSync(at("home/local-collector.json"), "utf8"));
  const headers = {
    authorization: `Bearer ${account.apiKey}`,
    "content-type": "application/json",
  };
  for (let session = 0; session < 5; session++) {
    for (let step = 1; step <= 300; step++) {
      const body = {
        session_id: `s-${session}`,
        step,
        tool: "bash",
        state_hash: `state-${step}`.padEnd(12, "-"),
      };
      const answer = await fetch(`${account.url}/v1/step`, {
        method: "POST",
        headers,
        body: JSON.stringify(body),
      });
      expect(answer.status).toBe(200);
    }
  }
  await run(["caum collector backup --json --data measured --to copy > copied.json"], env);
  const { bytes, records } = JSON.parse(readFileSync(at("copied.json"), "utf8"));
  const each = bytes / records;
  const said = Number(told.replace(",", ""));
  expect([each > said * 0.6, each < said * 1.4, Math.round(each)]).toEqual([
    true,
    true,
    expect.any(Number),
  ]);
});

test("what was asked of stand-ins names files that are there", () => {
  const asked = readFileSync(at("asked"), "utf8");
  for (const [, file = ""] of asked.matchAll(/ (deploy\/\S+)/g)) {
    expect(existsSync(join(ROOT, file)), file).toBe(true);
  }
  const unit = readFileSync(at("root/etc/systemd/system/caum-collector.service"), "utf8");
  expect(unit).toContain("DynamicUser=yes");
  expect(readFileSync(at("root/etc/nginx/snippets/caum.conf"), "utf8")).toContain(
    "location /caum/",
  );
});

/** As a shell of somebody who stops at the first thing that fails. */
async function run(
  lines: readonly string[],
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  if (lines.length === 0) return;
  const script = lines.join("\n").replaceAll(":4070/", `:${env.CAUM_PORT}/`);
  const done = await new Promise<{ code: number; printed: string }>((resolve) => {
    const words = ["--noprofile", "--norc", "-euo", "pipefail", "-c", script];
    execFile("bash", words, { cwd: place, env: settings }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, printed: out + err }),
    );
  });
  expect([done.code, script, done.printed]).toEqual([0, script, expect.any(String)]);
}

async function start(line: string, settings: Readonly<Record<string, string>>): Promise<void> {
  const child = spawn("bash", ["--noprofile", "--norc", "-euc", `exec ${line}`], {
    cwd: place,
    env: settings,
    stdio: ["ignore", "ignore", "inherit"],
  });
  running = child;
  const ready = `http://127.0.0.1:${env.CAUM_PORT}/readyz`;
  while (child.exitCode === null) {
    const answer = await fetch(ready).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${line} ended with ${child.exitCode}`);
}

/** As the page says: the database, and the key that signs. */
function onDatabase(): Readonly<Record<string, string>> {
  const key = readFileSync(at("collector/keys/signing.key"), "utf8").trim();
  return { CAUM_DATABASE: database ?? "", CAUM_SIGNING_KEY: key };
}

async function stop(): Promise<void> {
  if (running === undefined || running.exitCode !== null) return;
  const ended = once(running, "exit");
  running.kill("SIGTERM");
  await ended;
  running = undefined;
}

async function freePort(): Promise<number> {
  const listener = createServer();
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const address = listener.address();
  await new Promise((resolve) => listener.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}
