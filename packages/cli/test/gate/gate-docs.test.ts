/** What docs/gate.md shows is run as it stands there. */
import { execFile } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { TemporaryHome } from "../install/temporary-home.ts";
import { record } from "./recorded.ts";

const DOCUMENT = readFileSync(join(import.meta.dirname, "../../../../docs/gate.md"), "utf8");
const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
/** GitHub runs what has no shell of its own so. */
const SHELL = ["--noprofile", "--norc", "-e", "-c"];

interface Step {
  readonly name?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly if?: string;
}

let machine: TemporaryHome;
beforeAll(async () => {
  machine = new TemporaryHome();
  for (const side of ["baseline", "candidate"]) {
    for (let at = 0; at < 20; at++) {
      const session = `${side}-${at}`;
      await record({ home: machine.caumHome, session, costUsd: 0.01, durationMs: 5 });
    }
    renameSync(join(machine.caumHome, "runs"), join(machine.project, side));
    mkdirSync(join(machine.caumHome, "runs"));
  }
  for (let at = 0; at < 20; at++) {
    await record({ home: machine.caumHome, session: `now-${at}`, costUsd: 0.01 });
  }
  const words = `--conditions=@caum/source --no-warnings '${MAIN}'`;
  chmodSync(
    machine.write("bin/caum", `#!/bin/sh\nexec '${process.execPath}' ${words} "$@"\n`),
    0o755,
  );
}, 60_000);
afterAll(() => machine.remove());

function inShell(script: string): Promise<{ readonly code: number; readonly printed: string }> {
  const PATH = `${join(machine.root, "bin")}:${machine.env.PATH}`;
  const summary = join(machine.root, "summary.md");
  const env = { ...machine.env, PATH, CAUM_HOME: machine.caumHome, GITHUB_STEP_SUMMARY: summary };
  return new Promise((resolve) => {
    execFile("bash", [...SHELL, script], { cwd: machine.project, env }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, printed: out + err }),
    );
  });
}

const commands = /```sh\n(.*?)```/s.exec(DOCUMENT)?.[1]?.trim().split("\n") ?? [];

test("the commands at the beginning are there", () => expect(commands).toHaveLength(5));

test.each(commands)("%s ends with 0", async (command) => {
  const { code, printed } = await inShell(command);
  expect([code, printed]).toEqual([0, expect.any(String)]);
});

test("the workflow is YAML, and its commands run", async () => {
  const workflow = parse(/```yaml\n(.*?)```/s.exec(DOCUMENT)?.[1] ?? "");
  expect(workflow).toMatchObject({ permissions: { "security-events": "write" } });
  const steps: readonly Step[] = workflow.jobs.gate.steps;
  for (const step of steps)
    expect(Number(step.run === undefined) + Number(step.uses === undefined)).toBe(1);
  const ours = steps.filter(({ run }) => /\bcaum (?:gate|stats)\b/.test(run ?? ""));
  expect(ours).toHaveLength(2);
  for (const { run = "" } of ours) {
    const { code, printed } = await inShell(run);
    expect([code, printed]).toEqual([0, expect.any(String)]);
  }
  for (const file of ["project/caum.sarif", "project/caum-junit.xml", "summary.md"]) {
    expect(existsSync(join(machine.root, file)), file).toBe(true);
  }
  expect(machine.read("summary.md")).toContain("## caum gate: passed: 4 checks");
});
