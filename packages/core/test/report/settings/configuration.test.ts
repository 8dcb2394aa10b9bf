import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadConfiguration } from "../../../src/report/settings/configuration.ts";

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "caum-configuration-"));
});

afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

const file = (content: unknown) =>
  writeFileSync(
    join(home, "config.json"),
    typeof content === "string" ? content : JSON.stringify(content),
  );

test("an argument wins over the environment, and that over config.json", () => {
  file({ url: "http://file.example", apiKey: "from-file", agentId: "file", sessionId: "file" });
  const env = {
    CAUM_HOME: home,
    CAUM_URL: "http://environment.example",
    CAUM_AGENT_ID: "environment",
  };
  expect(loadConfiguration({ arguments: { agentId: "argument" }, env })).toEqual({
    home,
    url: "http://environment.example",
    apiKey: "from-file",
    agentId: "argument",
    sessionId: "file",
    protocol: "runs",
    dryRun: false,
    problems: [],
    warnings: [expect.stringContaining("unencrypted"), expect.stringContaining("chmod 600")],
  });
});

test("an empty variable counts as unset, and a missing file is no problem", () => {
  const env = { CAUM_URL: "", CAUM_HOME: "", CAUM_API_KEY: "" };
  const configuration = loadConfiguration({ arguments: { home }, env });
  const nothing = { protocol: "runs", dryRun: false, problems: [], warnings: [] };
  expect(configuration).toEqual({ home, ...nothing });
  expect(loadConfiguration({ env }).home).toBe(join(homedir(), ".caum"));
});

const unusable: readonly (readonly [string, Record<string, string>])[] = [
  ["a URL of another kind", { CAUM_URL: "ftp://collector" }],
  ["a URL that is none", { CAUM_URL: "collector:port" }],
  ["a URL with a password", { CAUM_URL: "https://me:secret@collector" }],
  ["a key with a line break", { CAUM_URL: "https://c", CAUM_API_KEY: "secret\r\nx: y" }],
  ["an unknown protocol", { CAUM_PROTOCOL: "secret" }],
  ["a verifier key that is none", { CAUM_VERIFIER_KEY: "secret" }],
  ["a flag that is none", { CAUM_DRY_RUN: "secret" }],
];

test.each(unusable)("%s is one problem, which does not repeat the value", (_name, env) => {
  const { problems } = loadConfiguration({ arguments: { home }, env });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatch(/^CAUM_[A-Z_]+ is not usable: give /);
  expect(problems[0]).not.toContain("secret");
});

test("a config.json that is not understood is not used at all", () => {
  for (const content of ["{", "[]", { url: "http://a", keys: "x" }, { url: 5 }]) {
    file(content);
    const { url, problems } = loadConfiguration({ arguments: { home }, env: {} });
    expect(url).toBeUndefined();
    expect(problems).toHaveLength(1);
  }
});

test("a key without a URL is one of this machine's collector", () => {
  const { url, problems, warnings } = loadConfiguration({
    arguments: { home },
    env: { CAUM_API_KEY: "k" },
  });
  expect({ url, problems, warnings }).toEqual({
    url: "http://127.0.0.1:4070",
    problems: [],
    warnings: [],
  });
});

const warningsOf = (env: Record<string, string>) =>
  loadConfiguration({ arguments: { home }, env }).warnings;

test("a key that would go over the network in the clear is one warning, and is used", () => {
  for (const url of ["http://collector.example", "http://10.0.0.1", "http://127.example"]) {
    expect(warningsOf({ CAUM_URL: url, CAUM_API_KEY: "k" })).toHaveLength(1);
    expect(warningsOf({ CAUM_URL: url })).toEqual([]);
  }
  for (const host of ["localhost", "caum.localhost", "127.0.0.1:4070", "127.8.0.1", "[::1]"]) {
    expect(warningsOf({ CAUM_URL: `http://${host}`, CAUM_API_KEY: "k" })).toEqual([]);
  }
  expect(warningsOf({ CAUM_URL: "https://collector.example", CAUM_API_KEY: "k" })).toEqual([]);
});

test.skipIf(process.platform === "win32")(
  "a config.json with a key that others can read is one warning",
  () => {
    file({ url: "https://collector.example", apiKey: "k" });
    for (const mode of [0o644, 0o640, 0o602]) {
      chmodSync(join(home, "config.json"), mode);
      expect(warningsOf({})).toEqual([
        "config.json holds a key and is open to others: chmod 600 it",
      ]);
    }
    chmodSync(join(home, "config.json"), 0o600);
    expect(warningsOf({})).toEqual([]);
    file({ url: "https://collector.example" });
    chmodSync(join(home, "config.json"), 0o644);
    expect(warningsOf({})).toEqual([]);
  },
);

test("OpenTelemetry is emitted where it is asked for: to a URL, or to where its variables say", () => {
  const told = (CAUM_OTLP: string) =>
    loadConfiguration({ arguments: { home }, env: { CAUM_OTLP } });
  expect(told("https://o.example").otlp).toBe("https://o.example");
  expect(told("1").otlp).toBe(true);
  expect(told("false").otlp).toBe(false);
  expect(told("").otlp).toBeUndefined();
  const refused = told("https://user:zq7canary@o.example");
  expect(refused.otlp).toBeUndefined();
  expect(refused.problems.join()).toMatch(/^CAUM_OTLP is not usable/);
  expect(refused.problems.join()).not.toContain("zq7canary");
});
