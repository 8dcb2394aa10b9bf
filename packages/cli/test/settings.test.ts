import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, test } from "vitest";
import { KEPT_CODE } from "../../../test/kept-code.ts";
import { readSettings } from "../src/up/settings.ts";
import { RunningCollector } from "./running-collector.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const run = promisify(execFile);

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "caum-settings-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const configure = (settings: unknown) =>
  writeFileSync(join(home, "config.json"), JSON.stringify(settings), { mode: 0o600 });
const read = (flags: object, env: Readonly<Record<string, string>> = {}) =>
  readSettings({ flags, env, home });
const caum = (words: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  run(process.execPath, ["--conditions=@caum/source", "--no-warnings", MAIN, ...words], {
    env: { ...KEPT_CODE, PATH: process.env.PATH, HOME: home, CAUM_HOME: home, ...env },
  });

test("the command line goes over the environment, that over the file, that over what is usual", () => {
  configure({ desktop: false, collector: { port: 1, host: "h", trialDays: 3 } });
  const { settings, rows } = read({ port: "3" }, { CAUM_PORT: "2", CAUM_HOST: "", CAUM_DATA: "d" });
  expect(settings).toEqual({ port: 3, host: "h", data: "d", trialDays: 3, desktop: false });
  const from = Object.fromEntries(rows.map((row) => [row.setting, row.from]));
  expect(from).toMatchObject({
    "--port": "--port",
    "--host": "config.json, collector.host",
    "--data": "CAUM_DATA",
    "--rate-limit": "default",
  });
});

test("every kind is read from text and from JSON, and what is none is refused by its place", () => {
  const env = { CAUM_DEMO: "1", CAUM_ALLOW_ORIGINS: "https://a.example, https://b.example" };
  expect(read({}, env).settings).toMatchObject({
    demo: true,
    allowOrigin: ["https://a.example", "https://b.example"],
  });
  const witnesses = ["https://w.example=w+1+B", "https://v.example=v+2+B"];
  expect(read({}, { CAUM_WITNESSES: witnesses.join(",") }).settings).toMatchObject({
    witness: witnesses,
  });
  const receiver = "http://127.0.0.1:4318";
  expect(read({ otlp: receiver }).settings).toMatchObject({ otlp: receiver });
  expect(read({ otlp: true }).settings).toMatchObject({ otlp: true });
  expect(read({}, { CAUM_COLLECTOR_OTLP: "0" }).settings).toMatchObject({ otlp: false });
  // One shell may start a collector and agents, and only one of them is to emit.
  expect(read({}, { CAUM_OTLP: receiver }).settings).not.toHaveProperty("otlp");
  expect(() => read({ otlp: "http://user:secret@127.0.0.1" })).toThrow("--otlp takes an http");
  expect(read({}, { CAUM_TIMESTAMP: receiver }).settings).toMatchObject({ timestamp: receiver });
  expect(() => read({ timestamp: "tsa.example" })).toThrow("--timestamp takes an http");
  const oidc = { CAUM_OIDC_ISSUER: "https://id.example", CAUM_OIDC_DOMAINS: "a.example,b.example" };
  expect(read({ oidcClientId: "caum" }, oidc).settings).toMatchObject({
    oidcIssuer: "https://id.example",
    oidcClientId: "caum",
    oidcDomain: ["a.example", "b.example"],
  });
  expect(() => read({ port: "80x" })).toThrow("--port takes a whole number");
  expect(() => read({}, { CAUM_DEMO: "maybe" })).toThrow("CAUM_DEMO takes true or false");
  configure({ collector: { rateLimit: "x" } });
  expect(() => read({})).toThrow("collector.rateLimit takes a whole number");
  configure({ collector: { colour: 1 } });
  expect(() => read({})).toThrow("collector is an object with some of port, host");
});

test("--print-config shows all settings and starts nothing; secrets and passwords stay out", async () => {
  const env = {
    CAUM_DATABASE: "postgres://user:zq7canary@db.example/caum",
    CAUM_SIGNING_KEY: "zq7canary",
    CAUM_OIDC_CLIENT_SECRET: "zq7canary",
  };
  const { stdout } = await caum(["up", "--print-config", "--port", "0"], env);
  expect(stdout).toMatch(/^--port +0 +--port$/m);
  expect(stdout).toMatch(/^--database +postgres:\/\/db\.example\/caum +CAUM_DATABASE$/m);
  expect(stdout).toMatch(/^CAUM_SIGNING_KEY +set +environment$/m);
  expect(stdout).toMatch(/^CAUM_OIDC_CLIENT_SECRET +set +environment$/m);
  expect(stdout).not.toContain("zq7canary");
  const { stdout: json } = await caum(["up", "--print-config", "--json"], env);
  expect(JSON.parse(json)).toContainEqual({
    setting: "--host",
    value: "127.0.0.1",
    from: "default",
  });
});

test("half of a provider is refused at the start, and its secret is not repeated", async () => {
  const env = { CAUM_OIDC_CLIENT_SECRET: "zq7canary" };
  const failure = await caum(["up", "--port", "0"], env)
    .then(() => undefined)
    .catch((problem: { stderr: string; code: number }) => problem);
  expect(failure).toMatchObject({ code: 2, stderr: expect.stringContaining("half configured") });
  expect(failure?.stderr).not.toContain("zq7canary");
});

test("CAUM_DATABASE is where a collector keeps everything", async () => {
  const failure = await caum(["up", "--port", "0"], { CAUM_DATABASE: "postgres://127.0.0.1:1/x" })
    .then(() => undefined)
    .catch((problem: { stderr: string; code: number }) => problem);
  expect(failure).toMatchObject({ code: 2, stderr: expect.stringContaining("CAUM_SIGNING_KEY") });
});

test("a replica is one of a database", async () => {
  const failure = await caum(["up", "--port", "0", "--read-database", "postgres://127.0.0.1:1/x"])
    .then(() => undefined)
    .catch((problem: { stderr: string; code: number }) => problem);
  expect(failure).toMatchObject({ code: 2, stderr: expect.stringContaining("needs --database") });
});

test("a lost key is printed again, while the collector runs and when it does not", async () => {
  const none = await caum(["collector", "keys"]).catch((problem: { code: number }) => problem);
  expect(none).toMatchObject({ code: 2 });
  const env = { PATH: process.env.PATH, HOME: home, CAUM_HOME: home, CI: "1", CAUM_DESKTOP: "0" };
  // A home and an environment are all that is used of a machine.
  const running = await RunningCollector.start({ env } as never);
  const shown = async () => JSON.parse((await caum(["collector", "keys", "--json"])).stdout);
  expect((await shown()).apiKey).toBe(running.apiKey);
  await running.stop();
  expect((await shown()).apiKey).toBe(running.apiKey);
});

test.each([
  ["postgres://user:zq7canary@a:1,b:2/caum?target_session_attrs=any", "postgres://a:1,b:2/caum"],
  ["postgres://user:zq7canary@[::1]:5432/caum", "postgres://[::1]:5432/caum"],
  ["postgres:///caum?host=a,b&password=zq7canary", "postgres:///caum"],
  // What is no URL of servers is not shown in part: a password may stand anywhere.
  ["postgres://user:5/zq7canary@a/caum", "a PostgreSQL database"],
  ["zq7canary", "a PostgreSQL database"],
])("of %s only servers and database are shown", (database, shown) => {
  const flags = { database, readDatabase: database };
  const { rows } = readSettings({ flags, env: {}, home: "/nowhere" });
  const told = rows.filter(({ setting }) => setting.endsWith("database"));
  expect(told.map(({ value }) => value)).toEqual([shown, shown]);
});
