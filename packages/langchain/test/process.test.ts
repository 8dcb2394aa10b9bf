import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { KEPT_CODE } from "../../../test/kept-code.ts";
import { eventsOf, recordsIn } from "../../../test/records.ts";

const AGENT = `
class Scripted extends BaseChatModel {
  at = 0;
  _llmType() { return "scripted"; }
  bindTools() { return this; }
  async _generate() {
    const tool_calls = this.at++ === 0 ? [{ id: "c1", name: "search", args: { q: "x" } }] : [];
    const message = new AIMessage({ content: tool_calls.length ? "" : "done", tool_calls });
    return { generations: [{ text: "", message }] };
  }
}
const search = tool(async () => "found", {
  name: "search",
  description: "search",
  schema: { type: "object", properties: { q: { type: "string" } } },
});
const agent = () => createAgent({ model: new Scripted({}), tools: [search] });
const ask = { messages: [{ role: "user", content: "hi" }] };
`;

const IMPORTS = `
import { registerCaum } from "@caum/langchain";
import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AIMessage } from "@langchain/core/messages";
import { createAgent, tool } from "langchain";
import { createServer, get } from "node:http";
`;

const REQUIRES = `
const { registerCaum } = require("@caum/langchain");
const { BaseChatModel } = require("@langchain/core/language_models/chat_models");
const { AIMessage } = require("@langchain/core/messages");
const { createAgent, tool } = require("langchain");
`;

const EVENTS = ["message user", "turn ok 1", "search ok", "turn ok"];
let home: string;
let program: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "caum-process-"));
  program = join(import.meta.dirname, "..", `.process-test-${process.pid}`);
});

afterEach(() => {
  rmSync(home, { recursive: true, force: true });
  for (const extension of [".mjs", ".cjs"]) rmSync(program + extension, { force: true });
});

function run(extension: ".mjs" | ".cjs", source: string, env = {}) {
  writeFileSync(program + extension, source);
  return spawnSync(
    process.execPath,
    ["--conditions=@caum/source", "--no-warnings", program + extension],
    { encoding: "utf8", env: { ...KEPT_CODE, PATH: process.env.PATH, CAUM_HOME: home, ...env } },
  );
}

test("registerCaum sees an agent without callbacks, also when the process exits at once", () => {
  const { stdout, stderr } = run(
    ".mjs",
    `${IMPORTS} registerCaum(); registerCaum(); ${AGENT}
    const { messages } = await agent().invoke(ask);
    process.stdout.write(messages.at(-1).content);
    process.exit(0);`,
  );
  expect(stdout).toBe("done");
  expect(stderr).toMatch(/^caum: observing langchain; verdicts: .*\n$/);
  expect(eventsOf(recordsIn(home))).toEqual(EVENTS);
});

test("registerCaum sees what the requests of a server do, side by side", () => {
  const { stdout, stderr } = run(
    ".mjs",
    `${IMPORTS} registerCaum(); ${AGENT}
    const server = createServer(async (request, response) => {
      const thread_id = request.url.slice(1);
      await agent().invoke(ask, { metadata: { session_id: thread_id } });
      response.end(thread_id);
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address();
    const fetched = (id) => new Promise((resolve) => {
      get({ port, host: "127.0.0.1", path: "/" + id, agent: false }, (response) => {
        response.on("data", (text) => process.stdout.write(text)).on("end", resolve);
      });
    });
    await Promise.all([fetched("a"), fetched("b")]);
    server.close();`,
    { CAUM_QUIET: "1" },
  );
  expect([...stdout].sort()).toEqual(["a", "b"]);
  expect(stderr).toBe("");
  const records = recordsIn(home);
  for (const id of ["a", "b"]) {
    expect(eventsOf(records.filter(({ sessionId }) => sessionId === id))).toEqual(EVENTS);
  }
});

test.each([
  ["a home that cannot be written", { CAUM_HOME: "/dev/null/caum" }],
  ["a collector that is down", { CAUM_URL: "http://127.0.0.1:9", CAUM_API_KEY: "caum_test_x" }],
])("%s changes nothing", (_name, env) => {
  const { stdout, stderr, status } = run(
    ".mjs",
    `${IMPORTS} registerCaum(); ${AGENT}
    const { messages } = await agent().invoke(ask);
    process.stdout.write(messages.at(-1).content);`,
    { CAUM_QUIET: "1", ...env },
  );
  expect({ stdout, stderr, status }).toEqual({ stdout: "done", stderr: "", status: 0 });
});

test("a CommonJS program is seen as well", () => {
  const { stdout, stderr } = run(
    ".cjs",
    `${REQUIRES} registerCaum(); ${AGENT}
    agent().invoke(ask).then(({ messages }) => process.stdout.write(messages.at(-1).content));`,
    { CAUM_QUIET: "1" },
  );
  expect({ stdout, stderr }).toEqual({ stdout: "done", stderr: "" });
  expect(eventsOf(recordsIn(home))).toEqual(EVENTS);
});
