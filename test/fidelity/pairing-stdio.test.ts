/** Over stdio, every answer finds its call, however it is written: direct is no different. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, test } from "vitest";
import { callsIn, eventually, recordsAreIn, recordsIn } from "./kept.ts";
import { outcomeOf, RELAY, send, start, temporaryHome } from "./stdio-party.ts";

/** Answers each line that it reads with what `answer` makes of it. */
const serverOf = (answer: string) => `
  const answer = ${answer};
  const lines = require("node:readline").createInterface({ input: process.stdin });
  lines.on("line", (line) => process.stdout.write(answer(JSON.parse(line))));`;

const asLine = (value: string) => `(m) => JSON.stringify(${value}) + "\\n"`;
const call = (id: unknown, name = "x", params = {}) =>
  `${JSON.stringify({ jsonrpc: "2.0", id, method: "tools/call", params: { name, ...params } })}\n`;

/** Sends text to a server, direct and through the proxy, and answers what was recorded. */
async function recorded(server: string, text: string, count = 1): Promise<readonly string[]> {
  const home = temporaryHome();
  const outcomes = [];
  for (const way of ["direct", "proxy"] as const) {
    const child = start(way, ["-e", server], { home });
    const outcome = outcomeOf(child);
    child.stdin?.write(text);
    if (way === "proxy") {
      await eventually(() => recordsAreIn(home) && callsIn(home).length >= count);
    }
    await send(child, []);
    outcomes.push(await outcome);
  }
  const [direct, wrapped] = outcomes;
  expect(wrapped).toEqual(direct);
  expect(recordsIn(home).filter(({ payload }) => payload.type === "drop")).toEqual([]);
  return callsIn(home).map(({ payload: { toolName, status, errorClass = "" } }) =>
    `${toolName} ${status} ${errorClass}`.trim(),
  );
}

test.each([
  ["text for numbers", "String(m.id)", 7],
  ["numbers for text", "Number(m.id)", "7"],
])("ids may come back as %s", async (_name, id, asked) => {
  const server = serverOf(asLine(`{ jsonrpc: "2.0", id: ${id}, result: { content: [] } }`));
  expect(await recorded(server, call(asked))).toEqual(["x ok"]);
});

test("ids that no double can hold stay apart", async () => {
  const answers =
    '{"id":9007199254740991,"result":{}}\\n{"id":9007199254740992,"result":{"isError":true}}\\n';
  const server = serverOf(`(m) => (m.params.name === "b" ? '${answers}' : "")`);
  const raw =
    call(0, "a").replace(":0", ":9007199254740991") +
    call(0, "b").replace(":0", ":9007199254740992");
  expect(await recorded(server, raw, 2)).toEqual(["a ok", "b error"]);
});

test.each(["_meta: { took: 5 }", "structuredContent: { text: long }", "_meta: { isError: false }"])(
  "a long answer in error is one, with %s behind",
  async (behind) => {
    const server = serverOf(
      asLine(`{ id: m.id, result: { content: [long], isError: true, ${behind} } }`).replace(
        "(m) =>",
        '(m, long = "x".repeat(90_000)) =>',
      ),
    );
    expect(await recorded(server, call(1))).toEqual(["x error"]);
  },
);

test("a batch of any length is taken apart", async () => {
  const server = serverOf(asLine('m.map(({ id }) => ({ id, result: { text: "y".repeat(100) } }))'));
  const count = 700;
  const batch = Array.from({ length: count }, (_, id) => JSON.parse(call(id)));
  expect(await recorded(server, `${JSON.stringify(batch)}\n`, count)).toEqual(
    Array(count).fill("x ok"),
  );
});

test("messages that are told by their length are recorded", async () => {
  const server = `
    let text = "";
    process.stdin.on("data", (data) => {
      text += data;
      for (let found; (found = /^Content-Length: (\\d+)\\r\\n\\r\\n/.exec(text)); ) {
        const end = found[0].length + Number(found[1]);
        if (text.length < end) return;
        const { id } = JSON.parse(text.slice(found[0].length, end));
        text = text.slice(end);
        const answer = JSON.stringify({ id, result: { isError: id === 2 } }, undefined, 2);
        process.stdout.write("Content-Length: " + answer.length + "\\r\\n\\r\\n" + answer);
      }
    });
    process.stdin.on("end", () => process.exit(0));`;
  const framed = [1, 2]
    .map((id) => call(id).trim())
    .map((text) => `Content-Length: ${text.length}\r\n\r\n${text}`);
  expect(await recorded(server, framed.join(""), 2)).toEqual(["x ok", "x error"]);
});

describe("-32001", () => {
  test.each([
    ["Unauthorized", "x error jsonrpc:-32001"],
    ["MCP error -32001: Request timed out", "x timeout jsonrpc:-32001"],
  ])("with %j", async (message, expected) => {
    const server = serverOf(asLine(`{ id: m.id, error: { code: -32001, message: "${message}" } }`));
    expect(await recorded(server, call(1))).toEqual([expected]);
  });
});

test("calls that are asked for together share a parent", async () => {
  const home = temporaryHome();
  const child = start("proxy", ["-e", serverOf(asLine("{ id: m.id, result: {} }"))], { home });
  const outcome = outcomeOf(child);
  await send(child, [Buffer.from(call(1, "a") + call(2, "b"))]);
  await outcome;
  const [a, b] = callsIn(home).map(({ parentEventId }) => parentEventId);
  expect(a).toMatch(/^[0-9a-f]{32}$/);
  expect(b).toBe(a);
});

const node20 = (process.env.PATH ?? "")
  .split(delimiter)
  .map((folder) => join(folder, "node"))
  .filter(existsSync)
  .find((node) => execFileSync(node, ["--version"], { encoding: "utf8" }).startsWith("v20."));

test.skipIf(!node20)("all of it works on Node 20", () => {
  const home = temporaryHome();
  const server = serverOf(
    asLine(
      'Array.isArray(m) ? m.map(({ id }) => ({ id: String(id), result: {} })) : { id: m.id, result: { a: "x".repeat(90_000), isError: true, b: {} } }',
    ),
  );
  const batch = Array.from({ length: 900 }, (_, id) => JSON.parse(call(id, "many")));
  const input = `${call("first", "long")}${JSON.stringify(batch)}\n`;
  const words = [RELAY, "--home", home, "--", node20 ?? "", "-e", server];
  execFileSync(node20 ?? "", words, { input, maxBuffer: 1 << 26 });
  const seen = callsIn(home).map(({ payload: { toolName, status } }) => `${toolName} ${status}`);
  expect(seen).toEqual(["long error", ...Array(900).fill("many ok")]);
});
