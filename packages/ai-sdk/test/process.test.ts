import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { KEPT_CODE } from "../../../test/kept-code.ts";
import { eventsOf, recordsIn } from "../../../test/records.ts";

const agent = (register: string) => `
${register}
import { generateText, isStepCount, tool, jsonSchema } from "ai";
import { MockLanguageModelV4 } from "ai/test";
const usage = { inputTokens: { total: 1 }, outputTokens: { total: 1 } };
const answers = [
  { type: "tool-call", toolCallId: "c1", toolName: "search", input: '{"q":"x"}' },
  { type: "text", text: "done" },
];
let at = 0;
const model = new MockLanguageModelV4({
  doGenerate: async () => ({
    content: [answers[at++]],
    finishReason: { unified: at === 1 ? "tool-calls" : "stop", raw: "" },
    usage,
    warnings: [],
  }),
});
const tools = { search: tool({ inputSchema: jsonSchema({ type: "object" }), execute: () => 1 }) };
const { text } = await generateText({ model, prompt: "hi", tools, stopWhen: isStepCount(3) });
process.stdout.write(text);
process.exit(0);
`;

/** Beside the packages, so that imports are what a user's program would resolve. */
const folder = join(import.meta.dirname, "..");
let home: string;
let program: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "caum-process-"));
  program = join(folder, `.process-test-${process.pid}.mjs`);
});

afterEach(() => {
  rmSync(home, { recursive: true, force: true });
  rmSync(program, { force: true });
});

function run(source: string, options: readonly string[] = [], env = {}) {
  writeFileSync(program, source);
  return spawnSync(
    process.execPath,
    ["--conditions=@caum/source", "--no-warnings", ...options, program],
    { encoding: "utf8", env: { ...KEPT_CODE, PATH: process.env.PATH, CAUM_HOME: home, ...env } },
  );
}

const REGISTER = 'import { registerCaum } from "@caum/ai-sdk"; registerCaum();';
const EVENTS = ["message user", "turn ok 1", "search ok", "turn ok"];

test("a process that exits right after its answer has every event on the disk", () => {
  const { stdout, stderr } = run(agent(REGISTER));
  expect(stdout).toBe("done");
  expect(stderr).toMatch(
    /^caum: observing ai-sdk; verdicts: \S+\/runs \(no line: CAUM_QUIET=1\)\n$/,
  );
  expect(eventsOf(recordsIn(home))).toEqual(EVENTS);
});

test("the line at the start can be switched off, and nothing else is on the console", () => {
  const { stdout, stderr } = run(agent(REGISTER), [], { CAUM_QUIET: "1" });
  expect({ stdout, stderr }).toEqual({ stdout: "done", stderr: "" });
});

test("node --import @caum/ai-sdk/register observes without a change of code", () => {
  const { stdout } = run(agent(""), ["--import", "@caum/ai-sdk/register"], { CAUM_QUIET: "1" });
  expect(stdout).toBe("done");
  expect(eventsOf(recordsIn(home))).toEqual(EVENTS);
});

test("a tool that ends the process leaves its call unresolved", () => {
  const source = agent(REGISTER).replace("execute: () => 1", "execute: () => process.exit(0)");
  const { stdout, stderr } = run(source, [], { CAUM_QUIET: "1" });
  expect({ stdout, stderr }).toEqual({ stdout: "", stderr: "" });
  expect(eventsOf(recordsIn(home))).toEqual(["message user", "turn ok 1", "search unresolved"]);
});

test.each([
  ["a home that cannot be written", { CAUM_HOME: "/dev/null/caum" }],
  ["a collector that is down", { CAUM_URL: "http://127.0.0.1:9", CAUM_API_KEY: "caum_test_x" }],
])("%s changes nothing", (_name, env) => {
  const { stdout, stderr, status } = run(agent(REGISTER), [], { CAUM_QUIET: "1", ...env });
  expect({ stdout, stderr, status }).toEqual({ stdout: "done", stderr: "", status: 0 });
});

test("a CommonJS program can require it", () => {
  program = program.replace(".mjs", ".cjs");
  const source = `
    const { registerCaum } = require("@caum/ai-sdk");
    registerCaum();
    process.stdout.write(String(globalThis.AI_SDK_TELEMETRY_INTEGRATIONS.length));
  `;
  const { stdout, stderr } = run(source, [], { CAUM_QUIET: "1" });
  expect({ stdout, stderr }).toEqual({ stdout: "1", stderr: "" });
});
