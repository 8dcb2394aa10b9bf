import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = join(import.meta.dirname, "..");
const run = promisify(execFile);
let home: string;
let lines: string[];

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "caum-first-light-"));
  // Ends with 0 or this throws: the exit code says whether every proof holds.
  const { stdout } = await run(process.execPath, [join(root, "demo/main.ts"), "--once"], {
    cwd: root,
    env: { ...process.env, HOME: home, CAUM_HOME: home, CAUM_URL: "http://127.0.0.1:9" },
  });
  lines = stdout.split("\n");
}, 60_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

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
  expect(text).toMatch(
    /^\d+ records, three sessions exported to .+\nchain head of stuck: [0-9a-f]{64}$/m,
  );
});

test("the printed line verifies one of the sessions as it stands", async () => {
  const command = lines.find((line) => line.trim().startsWith("npx caum verify "))?.trim();
  const { stdout } = await run("sh", ["-c", command ?? "false"], { cwd: root });
  expect(stdout).toContain("ok");
});

test("nothing of the person's own is read or changed", () => {
  expect(readdirSync(home)).toEqual([]);
});

test("without colour the output holds no escape sequence", () => {
  expect(lines.join("\n")).not.toContain("\u001b");
});
