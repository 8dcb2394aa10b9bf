import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hasTool } from "../../../../test/has-tool.ts";
import { installService, uninstallService } from "../../src/service/collector-service.ts";
import { unitOf } from "../../src/service/unit.ts";
import { TemporaryHome } from "../install/temporary-home.ts";
import { freePort, withSystemd } from "./with-systemd.ts";

const ODD = ["/opt/my node/node", '/it\'s/50% $HOME/"caum".js', "up", "back\\slash"];

let machine: TemporaryHome;
let port: number;
beforeEach(async () => {
  machine = new TemporaryHome();
  port = await freePort();
});
afterEach(() => {
  uninstallService(withSystemd(machine), false);
  machine.remove();
});

const isUp = async () => (await fetch(`http://127.0.0.1:${port}/healthz`)).status;
const settings = () => JSON.parse(machine.read("u/.caum/config.json"));

test("the collector is started as a service, found by recorders, and taken away again", async () => {
  const place = withSystemd(machine);
  expect(await installService(place, false, port)).toMatchObject({
    outcome: "started",
    text: `http://127.0.0.1:${port} is up, kept by systemd`,
  });
  expect(await isUp()).toBe(200);
  expect(settings()).toEqual({ url: `http://127.0.0.1:${port}` });
  expect(await installService(place, false, port)).toMatchObject({ outcome: "unchanged" });
  expect(readFileSync(join(machine.root, "run/asked"), "utf8").split("\n").slice(0, 3)).toEqual([
    "daemon-reload",
    "enable caum-collector.service",
    "restart caum-collector.service",
  ]);
  expect(uninstallService(place, false)).toMatchObject({ outcome: "removed" });
  await expect.poll(() => isUp().catch(() => "gone")).toBe("gone");
  expect(existsSync(join(machine.caumHome, "config.json"))).toBe(false);
  expect(existsSync(join(machine.home, ".config/systemd/user/caum-collector.service"))).toBe(false);
});

test("no key is written where others could read it", async () => {
  await installService(withSystemd(machine), false, port);
  const unit = machine.read("u/.config/systemd/user/caum-collector.service");
  expect(unit).toContain("StandardOutput=null");
  expect(unit).not.toContain("caum_live");
});

test("a service that does not come up is taken away, and the reason is given", async () => {
  const place = withSystemd(machine);
  const broken = join(machine.root, "broken");
  mkdirSync(broken);
  writeFileSync(
    join(broken, "systemctl"),
    "#!/bin/sh\necho 'Failed to connect to bus' >&2\nexit 1\n",
    {
      mode: 0o755,
    },
  );
  const env = { ...place.env, PATH: `${broken}:${place.env.PATH}` };
  expect(await installService({ ...place, env }, false, port)).toEqual({
    outcome: "failed",
    text: "systemctl failed: Failed to connect to bus; runs stay on this machine",
  });
  expect(existsSync(join(machine.home, ".config/systemd/user/caum-collector.service"))).toBe(false);
  expect(existsSync(join(machine.caumHome, "config.json"))).toBe(false);
});

test.each([
  ["there is no manager", {}, "no service manager for this user"],
  ["this is a build machine", { CI: "1" }, "no service manager for this user"],
  ["another collector is named", { CAUM_URL: "https://caum.example" }, "records go to https"],
])("nothing is started when %s", async (_name, more, text) => {
  const place = Object.keys(more).length === 0 ? machine.place : withSystemd(machine);
  const { CI: _, ...env } = place.env;
  const report = await installService({ ...place, env: { ...env, ...more } }, false, port);
  expect(report).toMatchObject({ outcome: "left", text: expect.stringContaining(text) });
  expect(existsSync(join(machine.home, ".config"))).toBe(false);
});

test("a dry run changes nothing", async () => {
  const report = await installService(withSystemd(machine), true, port);
  expect(report).toMatchObject({ outcome: "left", text: expect.stringContaining("would be kept") });
  expect(existsSync(join(machine.home, ".config"))).toBe(false);
});

const hasVerifier = hasTool(["systemd-analyze", "--version"], "the unit of systemd by its checker");

test.runIf(hasVerifier)("systemd's own checker accepts the unit", () => {
  const node = machine.write("my tools/node", "#!/bin/sh\n");
  spawnSync("chmod", ["+x", node]);
  const { text } = unitOf([node, ...ODD.slice(1)], machine.place);
  const path = machine.write("units/caum-collector.service", text);
  const { status, stderr } = spawnSync("systemd-analyze", ["--user", "verify", path], {
    encoding: "utf8",
    env: { ...process.env, XDG_RUNTIME_DIR: machine.root },
  });
  expect(stderr.split("\n").filter((line) => line.includes("caum-collector"))).toEqual([]);
  expect(status).toBe(0);
});

test.each([
  ["darwin", { platform: "darwin", home: "/Users/u" }],
  ["win32", { platform: "win32", home: "C:\\Users\\u", caumHome: "C:\\Users\\A & B\\.caum" }],
  ["linux", {}],
] as const)("the unit of %s is as it was reviewed", (_name, more) => {
  const place = { ...machine.place, home: "/home/u", caumHome: "/home/u/.caum", ...more };
  const env = { USERDOMAIN: "DESK", USERNAME: "ada" };
  expect(unitOf(ODD, { ...place, env })).toMatchSnapshot();
});

const checkers = [
  ["darwin", ["plutil", "-lint"]],
  ["darwin", ["xmllint", "--noout", "--nonet"]],
  ["win32", ["xmllint", "--noout", "--nonet"]],
] as const;

test.each(checkers)("the unit of %s passes %j, where that is installed", (platform, words) => {
  const [program, ...flags] = words;
  if (spawnSync(program, ["--version"]).error) return;
  const { text } = unitOf(ODD, { ...machine.place, platform });
  const path = machine.write("unit.xml", text);
  expect(spawnSync(program, [...flags, path], { encoding: "utf8" })).toMatchObject({ status: 0 });
});

const READ_PLIST = `import json,plistlib,sys
print(json.dumps(plistlib.load(open(sys.argv[1], "rb"))))`;
const hasPython = hasTool(["python3", "-c", "import plistlib"], "the unit of macOS by a reader");

test.runIf(hasPython)("a reader of property lists finds the words in the unit of macOS", () => {
  const { text } = unitOf(ODD, { ...machine.place, platform: "darwin" });
  const path = machine.write("unit.plist", text);
  const { stdout } = spawnSync("python3", ["-c", READ_PLIST, path], { encoding: "utf8" });
  expect(JSON.parse(stdout)).toMatchObject({
    ProgramArguments: ODD,
    EnvironmentVariables: { CAUM_HOME: machine.caumHome },
    RunAtLoad: true,
  });
});
