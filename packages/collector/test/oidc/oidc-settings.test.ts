import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { Flows } from "../../src/oidc/flow.ts";
import { type OidcOptions, oidcSettings } from "../../src/oidc/oidc-settings.ts";

const folder = mkdtempSync(join(tmpdir(), "caum-oidc-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TOLD = { issuer: "https://id.example", clientId: "caum" };
const read = (more: OidcOptions = {}, env: Record<string, string> = {}) =>
  oidcSettings({ ...TOLD, ...more }, env);

test("nothing is set up where nobody says anything", () => {
  expect(oidcSettings({}, {})).toBeUndefined();
  expect(oidcSettings({ domains: [] }, { CAUM_OIDC_CLIENT_SECRET: "" })).toBeUndefined();
});

test("the secret comes from the environment, or from a file", () => {
  const clientSecretFile = join(folder, "secret");
  writeFileSync(clientSecretFile, "from the file\n");
  expect(read({ clientSecretFile })?.clientSecret).toBe("from the file");
  const env = { CAUM_OIDC_CLIENT_SECRET: " from the environment " };
  expect(read({ clientSecretFile }, env)?.clientSecret).toBe("from the environment");
  expect(read()?.clientSecret).toBeUndefined();
});

test("what is half said or cannot be used is refused, and never repeated", () => {
  const empty = join(folder, "empty");
  writeFileSync(empty, "\n");
  const wrong: readonly [OidcOptions, Record<string, string>?][] = [
    [{ issuer: undefined }],
    [{ clientId: undefined }],
    [{ issuer: undefined, clientId: undefined }, { CAUM_OIDC_CLIENT_SECRET: "zq7" }],
    [{ issuer: undefined, clientId: undefined, domains: ["zq7.example"] }],
    [{ issuer: "http://zq7.example" }],
    [{ issuer: "https://user:zq7@id.example" }],
    [{ issuer: "https://id.example/?zq7" }],
    [{ issuer: "zq7" }],
    [{ clientSecretFile: join(folder, "zq7") }],
    [{ clientSecretFile: empty }],
    [{ domains: ["zq7 example.com"] }],
    [{ domains: ["*.zq7.example"] }],
  ];
  for (const [options, env] of wrong) {
    const refused = () => read(options, env);
    expect(refused, JSON.stringify(options)).toThrow(RangeError);
    expect(refused).not.toThrow(/zq7/);
  }
});

test("this machine may be asked without https, and domains are of any capitals", () => {
  for (const issuer of ["http://localhost:8080", "http://127.0.0.1:1/realms/a", "http://[::1]:1"]) {
    expect(read({ issuer })?.issuer.href).toContain(issuer);
  }
  expect(read({ domains: ["@Example.COM"] })?.domains).toEqual(["example.com"]);
});

test("a flow goes on at any node with the same key, and at no other", () => {
  const rootOf = (byte: number) => ({ sessionKey: () => new Uint8Array(32).fill(byte) });
  let now = Date.parse("2026-01-01T00:00:00Z");
  // Of a root key, flows use this alone.
  const flows = (byte: number) => new Flows(rootOf(byte) as never, () => now);
  const flow = flows(1).begin();
  expect(flows(1).resume(flow.kept)).toEqual(flow);
  expect(flows(2).resume(flow.kept)?.state).not.toBe(flow.state);
  expect(new Set([flow.state, flow.nonce, flow.codeVerifier]).size).toBe(3);
  for (const forged of [
    "",
    "x",
    `${flow.kept}x`,
    flow.kept.replace(".", ".."),
    `-1.${"A".repeat(32)}`,
  ]) {
    expect(flows(1).resume(forged)).toBeUndefined();
  }
  now += 10 * 60_000;
  expect(flows(1).resume(flow.kept)).toBeUndefined();
});
