import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "smol-toml";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { installHooks, uninstallHooks } from "../../../src/install/hooks/install-hooks.ts";
import {
  installTelemetry,
  telemetryNotes,
  telemetrySenders,
  uninstallTelemetry,
} from "../../../src/install/telemetry/install-telemetry.ts";
import { RunningCollector } from "../../running-collector.ts";
import { TemporaryHome } from "../temporary-home.ts";

let machine: TemporaryHome;
beforeEach(() => {
  machine = new TemporaryHome();
});
afterEach(() => machine.remove());

const KEY = `caum_live_${"k".repeat(36)}`;
const TO = { url: "http://127.0.0.1:4070", key: KEY };
const PLACES = {
  "claude-code": "u/.claude/settings.json",
  codex: "u/.codex/config.toml",
  "gemini-cli": "u/.gemini/settings.json",
  "qwen-code": "u/.qwen/settings.json",
} as const;
type Name = keyof typeof PLACES;

const JSON_TEXTS = [
  undefined,
  "",
  "{}",
  "{}\n",
  '{"a": 1}',
  '{\n  "model": "x", // mine\n  "b": [1, 2],\n}\n',
  '{\r\n  "model": "x"\r\n}\r\n',
];
const CLAUDE_TEXTS = [
  ...JSON_TEXTS,
  '{"env": {}}',
  '{\n  "env": {\n    "CLAUDE_CODE_ENABLE_TELEMETRY": "1",\n    "A": "b"\n  }\n}\n',
  '{"env": {"OTEL_METRICS_EXPORTER": "otlp", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://x:1"}}',
];
const TOML_TEXTS = [
  undefined,
  "",
  'model = "x"\n',
  'model = "x"',
  '# a\n[a]\nb = 1\n\n[c.d]\ne = "f"',
];
const CASES: readonly (readonly [Name, string | undefined])[] = [
  ...CLAUDE_TEXTS.map((text) => ["claude-code", text] as const),
  ...TOML_TEXTS.map((text) => ["codex", text] as const),
  ...JSON_TEXTS.map((text) => ["gemini-cli", text] as const),
  ...JSON_TEXTS.map((text) => ["qwen-code", text] as const),
];

const request = (client: Name, dryRun = false) => ({ clients: [client], dryRun });
const outcomes = (reports: readonly { readonly outcome: string }[]) =>
  reports.map(({ outcome }) => outcome);

/** A client with this text in its file, or with none. */
function placed(client: Name, text: string | undefined): string {
  const path = PLACES[client];
  mkdirSync(dirname(join(machine.root, path)), { recursive: true });
  if (text !== undefined) machine.write(path, text);
  return path;
}

test.each(CASES)("%s is set and becomes what it was: %j", (client, text) => {
  const path = placed(client, text);
  const before = machine.files();
  expect(outcomes(installTelemetry(request(client, true), machine.place, TO))).toEqual(["changed"]);
  expect(machine.files()).toEqual(before);
  expect(outcomes(installTelemetry(request(client), machine.place, TO))).toEqual(["changed"]);
  const once = machine.read(path);
  expect(once).toContain(KEY);
  expect(telemetrySenders(machine.place)).toMatchObject([{ url: TO.url }]);
  expect(outcomes(installTelemetry(request(client), machine.place, TO))).toEqual(["unchanged"]);
  // Another port and key take the place of the first.
  const other = { url: "http://127.0.0.1:5000", key: `caum_live_${"o".repeat(36)}` };
  expect(outcomes(installTelemetry(request(client), machine.place, other))).toEqual(["changed"]);
  expect(machine.read(path)).not.toContain(KEY);
  expect(telemetrySenders(machine.place)).toMatchObject([{ url: other.url }]);
  uninstallTelemetry(request(client, true), machine.place);
  expect(machine.read(path)).toContain(other.key);
  expect(outcomes(uninstallTelemetry(request(client), machine.place))).toEqual(["changed"]);
  expect(machine.files()).toEqual(before);
  expect(telemetrySenders(machine.place)).toEqual([]);
});

describe("beside hooks", () => {
  const hooks = (client: Name) => ({ clients: [client], dryRun: false, messages: false });

  test.each(["claude-code", "gemini-cli", "qwen-code"] as const)(
    "%s: both come, in any order, and go",
    (client) => {
      for (const text of [undefined, "{}\n", '{"a": 1}']) {
        const path = placed(client, text);
        const before = machine.files();
        const steps = [
          () => installHooks(hooks(client), machine.place),
          () => installTelemetry(request(client), machine.place, TO),
        ];
        for (const order of [steps, steps.toReversed()]) {
          for (const step of order) step();
          uninstallTelemetry(request(client), machine.place);
          uninstallHooks(hooks(client), machine.place);
          expect(machine.files()).toEqual(before);
        }
        if (text !== undefined) rmSync(join(machine.root, path));
      }
    },
  );
});

test.each([
  ["claude-code", '{"env": {"OTEL_LOGS_EXPORTER": "console"}}'],
  ["claude-code", '{"env": {"CLAUDE_CODE_ENABLE_TELEMETRY": "0"}}'],
  ["gemini-cli", '{"telemetry": {"enabled": false}}'],
  ["qwen-code", '{"telemetry": {"otlpEndpoint": "http://elsewhere:4318"}}'],
  ["codex", '[otel]\nenvironment = "dev"\n'],
  ["codex", 'otel.exporter = "none"\n'],
] as const)("%s: what a person has set stays as it is: %s", (client, text) => {
  machine.write(PLACES[client], text);
  expect(outcomes(installTelemetry(request(client), machine.place, TO))).toEqual(["left"]);
  uninstallTelemetry(request(client), machine.place);
  expect(machine.read(PLACES[client])).toBe(text);
});

test("a client that has written its file anew keeps what is its own", () => {
  machine.write(PLACES["claude-code"], '{"env": {"A": "b"}}');
  installTelemetry(request("claude-code"), machine.place, TO);
  const written = JSON.parse(machine.read(PLACES["claude-code"]));
  machine.write(
    PLACES["claude-code"],
    JSON.stringify({ model: "new", env: { ...written.env, C: "d" } }, undefined, 2),
  );
  uninstallTelemetry(request("claude-code"), machine.place);
  const left = JSON.parse(machine.read(PLACES["claude-code"]));
  expect(left).toEqual({ model: "new", env: { A: "b", C: "d" } });
});

test("the table of Codex is one that Codex can read, and what follows it stays", () => {
  machine.write(PLACES.codex, 'model = "x"');
  installTelemetry(request("codex"), machine.place, TO);
  const set = machine.read(PLACES.codex);
  expect(parse(set)).toMatchObject({
    model: "x",
    otel: { exporter: { "otlp-http": { endpoint: `${TO.url}/v1/logs`, protocol: "json" } } },
  });
  machine.write(PLACES.codex, `${set}\n[projects."/a"]\ntrust_level = "trusted"\n`);
  uninstallTelemetry(request("codex"), machine.place);
  expect(parse(machine.read(PLACES.codex))).toEqual({
    model: "x",
    projects: { "/a": { trust_level: "trusted" } },
  });
});

test("who was set is told what it sends, and Copilot what it needs", () => {
  machine.write("u/.copilot/mcp-config.json", "{}");
  machine.write(PLACES.codex, "");
  const all = { clients: [], dryRun: false };
  const reports = installTelemetry(all, machine.place, TO);
  const notes = telemetryNotes(reports, all, machine.place);
  expect(notes).toHaveLength(2);
  expect(notes[0]).toContain("arguments and results of calls in full");
  expect(notes[1]).toContain("Copilot");
});

test("caum install --otel needs the collector of this machine, and finds it", async () => {
  machine.write(PLACES["claude-code"], "{}\n");
  const words = ["install", "--client", "claude-code", "--otel", "--no-service"];
  const refused = await machine.caum(words);
  expect(refused).toMatchObject({ code: 2 });
  expect(refused.stderr).toContain("caum up");
  const collector = await RunningCollector.start(machine);
  try {
    const done = await machine.caum(words);
    expect(done, done.stderr).toMatchObject({ code: 0 });
    expect(done.stdout).toContain("sends arguments of calls");
    expect((await machine.caum(["status"])).stdout).toContain("telemetry   Claude Code telemetry");
    const { env } = JSON.parse(machine.read(PLACES["claude-code"]));
    const key = String(env.OTEL_EXPORTER_OTLP_LOGS_HEADERS).replace("x-api-key=", "");
    const headers = { "x-api-key": key, "content-type": "application/json" };
    const sent = await fetch(env.OTEL_EXPORTER_OTLP_LOGS_ENDPOINT, {
      method: "POST",
      headers,
      body: "{}",
    });
    expect(sent.status).toBe(200);
    const read = await fetch(`${collector.url}/v1/sessions`, {
      headers: { authorization: `Bearer ${key}` },
    });
    expect(read.status).toBe(403);
  } finally {
    await collector.stop();
  }
  const facts = JSON.parse((await machine.caum(["doctor", "--json"])).stdout).facts;
  expect(facts).toContainEqual(expect.objectContaining({ about: "telemetry" }));
  expect((await machine.caum(["uninstall", "--client", "claude-code"])).code).toBe(0);
  expect(machine.read(PLACES["claude-code"])).toBe("{}\n");
});
