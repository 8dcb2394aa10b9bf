/** The compose file and the unit of systemd. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { readSettings } from "../../packages/cli/src/up/settings.ts";
import { hasTool } from "../has-tool.ts";

const at = (name: string) => join(import.meta.dirname, "../../deploy", name);
const UNIT = readFileSync(at("systemd/caum-collector.service"), "utf8");

interface Service {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

const COMPOSE: {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, null>>;
} = parse(readFileSync(at("docker/compose.yaml"), "utf8"));

test("the compose file names what is there, closes what it can, and holds no secret", () => {
  const { database, collector } = COMPOSE.services;
  expect(database?.image).toMatch(/^postgres:\d+-\w+$/);
  expect(collector?.build?.dockerfile).toBe("deploy/docker/Dockerfile");
  expect(collector).toMatchObject({
    read_only: true,
    cap_drop: ["ALL"],
    security_opt: ["no-new-privileges:true"],
    depends_on: { database: { condition: "service_healthy" } },
  });
  // Who is to reach it from elsewhere comes through a proxy; the database has no port at all.
  for (const port of collector?.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
  expect(database?.ports).toBeUndefined();
  for (const service of Object.values(COMPOSE.services)) {
    for (const volume of service.volumes ?? []) {
      expect(Object.keys(COMPOSE.volumes)).toContain(volume.split(":")[0]);
    }
    for (const [name, value] of Object.entries(service.environment ?? {})) {
      if (/PASSWORD|KEY/.test(name)) expect(value, name).toMatch(/^\$\{\w+:\?set it in \.env\}$/);
    }
  }
});

test("its variables are settings of a collector", () => {
  const told = COMPOSE.services.collector?.environment ?? {};
  const plain = Object.entries(told).map(([name, value]) => [name, value.replace(/\$\{.*\}/, "x")]);
  const env: Record<string, string> = Object.fromEntries(plain);
  const { rows } = readSettings({ flags: {}, env, home: tmpdir() });
  const used = rows.filter(({ from }) => from === "environment" || from.startsWith("CAUM_"));
  expect(used.map(({ setting }) => setting).sort()).toEqual([
    "--database",
    "--public-url",
    "CAUM_SIGNING_KEY",
  ]);
  expect(Object.keys(told).filter((name) => !name.startsWith("CAUM_"))).toEqual(["PGPASSWORD"]);
});

test("the unit starts what is a command, shows no key, and runs as nobody", () => {
  const values = (name: string) =>
    [...UNIT.matchAll(new RegExp(`^${name}=(.*)$`, "gm"))].map(([, value]) => value);
  expect(values("ExecStart")).toEqual(["/usr/bin/caum up --no-open --no-desktop --no-show-keys"]);
  expect(values("DynamicUser")).toEqual(["yes"]);
  expect(values("CapabilityBoundingSet")).toEqual([""]);
  expect(values("ProtectSystem")).toEqual(["strict"]);
});

const hasSystemd = hasTool(["systemd-analyze", "--version"], "the unit of systemd");

test.skipIf(!hasSystemd)("systemd reads the unit without a word, and finds it closed", () => {
  const folder = mkdtempSync(join(tmpdir(), "caum-unit-"));
  const path = join(folder, "caum-collector.service");
  // The program and its page need not be installed here.
  const here = UNIT.replace("/usr/bin/caum", process.execPath).replace(/^Documentation=.*\n/m, "");
  writeFileSync(path, here);
  const options = { encoding: "utf8" } as const;
  const verified = spawnSync("systemd-analyze", ["verify", path], options);
  expect(verified.stdout + verified.stderr).toBe("");
  const words = ["security", "--offline=true", "--threshold=15", "--no-pager", path];
  const looked = spawnSync("systemd-analyze", words, options);
  expect(looked.stdout).toMatch(/Overall exposure level for caum-collector.service: 1\.\d OK/);
  expect(looked.status).toBe(0);
  rmSync(folder, { recursive: true, force: true });
});

const hasStrace = hasTool(["strace", "-V"], "the system calls that the unit allows");

test.skipIf(!hasSystemd || !hasStrace)(
  "a collector makes no system call that the unit forbids",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "caum-calls-"));
    const log = join(folder, "calls");
    const caum = join(import.meta.dirname, "../../packages/cli/bin/caum.js");
    const words = [
      process.execPath,
      caum,
      "up",
      "--port",
      "0",
      "--json",
      "--data",
      join(folder, "d"),
    ];
    // It starts, serves, and is stopped; what it prints when it is ready stops it.
    const script = '"$@" | { read -r line; kill -TERM $(cat "$PIDFILE"); cat; }';
    const pid = join(folder, "pid");
    const started = ["sh", "-c", 'echo $$ > "$PIDFILE"; exec "$@"', "sh", ...words];
    const traced = ["strace", "-f", "-qq", "-o", log, ...started];
    const env = { ...process.env, PIDFILE: pid, CAUM_HOME: folder, CAUM_DESKTOP: "false" };
    const done = spawnSync("sh", ["-c", script, "sh", ...traced], { env, encoding: "utf8" });
    expect(done.stderr).toBe("");
    const lines = readFileSync(log, "utf8").split("\n");
    const made = new Set(lines.flatMap((line) => /^\d+ +(\w+)\(/.exec(line)?.[1] ?? []));
    expect(made).toContain("listen");
    const forbidden = callsOf("@privileged");
    const allowed = new Set([...callsOf("@system-service")].filter((call) => !forbidden.has(call)));
    // SQLite gives its files the owner of the first one, as root alone.
    const asRoot = process.getuid?.() === 0 ? ["fchown"] : [];
    expect([...made].filter((call) => !allowed.has(call))).toEqual(asRoot);
    rmSync(folder, { recursive: true, force: true });
  },
);

/** A group of system calls, with those of the groups in it. */
function callsOf(group: string): ReadonlySet<string> {
  const { stdout } = spawnSync("systemd-analyze", ["syscall-filter", "--no-pager", group], {
    encoding: "utf8",
  });
  const names = stdout.split("\n").flatMap((line) => /^ {4}(@?[\w-]+)/.exec(line)?.[1] ?? []);
  return new Set(names.flatMap((name) => (name.startsWith("@") ? [...callsOf(name)] : [name])));
}
