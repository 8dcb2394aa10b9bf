import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const run = promisify(execFile);
let lines: string[];

beforeAll(async () => {
  const { stdout } = await run(process.execPath, [join(root, "demo/main.ts"), "--once"], {
    cwd: root,
  });
  lines = stdout.split("\n");
}, 60_000);

/** The table's rows of one agent. */
function rows(agent: string): string[] {
  return lines.filter((line) => new RegExp(`^${agent}\\s+\\d+ `).test(line));
}

test("the stuck agent is alerted at its fourth identical call, and from then on", () => {
  expect(rows("stuck")).toHaveLength(12);
  expect(rows("stuck").slice(0, 6).join("\n")).not.toContain("structural_loop");
  expect(rows("stuck")[6]).toMatch(/LOOP +0\.2\d +T5 +structural_loop_entered/);
  for (const row of rows("stuck").slice(7)) {
    expect(row).toMatch(/LOOP +0\.2\d +T5 +structural_loop_continues/);
  }
});

test("the healthy agent and the paging one get no alert", () => {
  for (const agent of ["helper", "pager"]) {
    expect(rows(agent)).toHaveLength(12);
    for (const row of rows(agent)) expect(row).toMatch(/ -$/);
  }
});

test("the end names each agent with its proof, the promise, and where to check it", () => {
  const text = lines.join("\n");
  expect(text).toMatch(
    /^stuck +LOOP since step 4: gzip-file-as-resource repeated 9 times, \d+ s \| proof ok$/m,
  );
  expect(text).toMatch(/^helper +no alert in 12 steps, \w+ \| proof ok$/m);
  expect(text).toMatch(/^pager +no alert in 12 steps, \w+ \| proof ok$/m);
  expect(text).toContain("observe_only, allowed_to_block=false");
  expect(text).toMatch(/^\d+ records in .+\nchain head of stuck: [0-9a-f]{64}$/m);
});

test("the printed line verifies one of the runs as it stands", async () => {
  const command = lines.find((line) => line.trim().startsWith("npx caum verify "))?.trim();
  const { stdout } = await run("sh", ["-c", command ?? "false"], { cwd: root });
  expect(stdout).toContain("ok");
});

test("without colour the output holds no escape sequence", () => {
  expect(lines.join("\n")).not.toContain("\u001b");
});
