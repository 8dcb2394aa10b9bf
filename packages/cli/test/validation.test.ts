import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TemporaryHome } from "./install/temporary-home.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));

let machine: TemporaryHome;
let collector: ChildProcess;
let url = "";
let apiKey = "";
beforeAll(async () => {
  machine = new TemporaryHome();
  const words = ["--conditions=@caum/source", "--no-warnings", MAIN, "up", "--port", "0", "--json"];
  collector = spawn(process.execPath, words, {
    env: machine.env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: collector.stdout! });
  const { value } = await lines[Symbol.asyncIterator]().next();
  ({ url, apiKey } = JSON.parse(String(value)));
}, 60_000);
afterAll(async () => {
  const ended = new Promise((resolve) => collector.on("exit", resolve));
  collector.kill("SIGTERM");
  await ended;
  machine.remove();
});

test("caum smoke shows each answer and ends with 0 when the loop was reported", async () => {
  const { code, stdout, stderr } = await machine.caum(["smoke", "--url", url]);
  expect(stderr).toBe("");
  expect(stdout).toMatch(/^ 1 {2}read_file ok .* root [0-9a-f]{12}$/m);
  expect(stdout).toMatch(/^11 {2}run_tests error .* ALERT /m);
  expect(stdout).toContain("passed: the loop was reported");
  expect(code).toBe(0);
});

test("caum validate runs five agents and ends with 0 when all is as expected", async () => {
  const { code, stdout } = await machine.caum(["validate", "--url", url, "--key", apiKey]);
  expect(stdout).not.toContain("FAILS");
  expect(stdout).toContain("5 of 5 agents passed");
  expect(code).toBe(0);
});

test("validate needs no key on the collector's machine and prints JSON", async () => {
  const { code, stdout } = await machine.caum(["validate", "--url", url, "--json"]);
  const { passed, agents } = JSON.parse(stdout);
  expect([code, passed, agents.length]).toEqual([0, true, 5]);
});

test.each(["smoke", "validate"])(
  "caum %s without a collector is one line and exit code 2",
  async (command) => {
    const { code, stdout, stderr } = await machine.caum([
      command,
      "--url",
      "http://127.0.0.1:1",
      "--json",
    ]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toBe(
      `caum ${command}: no collector answers at http://127.0.0.1:1: start one with caum up, or name it with --url\n`,
    );
  },
);

test("caum sessions lists them, caum report says where one turned", async () => {
  const place = ["--url", url, "--key", apiKey];
  const smoke = await machine.caum(["smoke", ...place, "--json"]);
  const { sessionId } = JSON.parse(smoke.stdout);
  const sessions = await machine.caum(["sessions", ...place]);
  expect(sessions.stdout).toMatch(new RegExp(`^20.* 11 .* LOOPS NOW .* ${sessionId}$`, "m"));
  const report = await machine.caum(["report", sessionId, ...place]);
  expect(report.stdout).toMatch(/^now {6}[A-Z_]+ {2}T\d {2}uds 0\.\d\d {2}LOOPS NOW$/m);
  expect(report.stdout).toMatch(
    /step +\d+ {2}T\d {2}LOOP +run_tests error {2}\S+ has called `run_tests` /,
  );
  expect(report.stdout).toContain(`caum export ${sessionId} --out bundle`);
  const json = await machine.caum(["report", sessionId, ...place, "--json"]);
  expect(JSON.parse(json.stdout)).toMatchObject({ session: { session_id: sessionId, steps: 11 } });
});

test("a session that is not there, and a missing key, are one line and exit code 2", async () => {
  expect(await machine.caum(["report", "nobody", "--url", url, "--key", apiKey])).toEqual({
    code: 2,
    stdout: "",
    stderr: "caum report: there is no such session: caum sessions lists them\n",
  });
  // The account of this machine, which needs no key, stands in another home.
  const elsewhere = { CAUM_HOME: `${machine.caumHome}-other` };
  expect(await machine.caum(["sessions", "--url", url], elsewhere)).toEqual({
    code: 2,
    stdout: "",
    stderr: "caum sessions: a key is needed: give it with --key or CAUM_API_KEY\n",
  });
});
