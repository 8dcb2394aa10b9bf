/** Over stdio, every answer finds its call, however it is written: direct is no different. */
import { describe, expect, test } from "vitest";
import { callsIn, eventually, recordsAreIn, recordsIn } from "./kept.ts";
import { outcomeOf, send, start, temporaryHome } from "./stdio-party.ts";

/** Answers each line that it reads with what `answer` makes of it. */
const serverOf = (answer: string) => `
  const answer = ${answer};
  const lines = require("node:readline").createInterface({ input: process.stdin });
  lines.on("line", (line) => process.stdout.write(answer(JSON.parse(line))));`;

const asLine = (value: string) => `(m) => JSON.stringify(${value}) + "\\n"`;
const call = (id: unknown, name = "x", params = {}) =>
  `${JSON.stringify({ jsonrpc: "2.0", id, method: "tools/call", params: { name, ...params } })}\n`;

/**
 * Sends text to a server, direct and through the proxy, and answers what was recorded.
 *
 * @param count how many records of calls there must be before the input ends
 */
async function recorded(server: string, text: string, count = 1): Promise<readonly string[]> {
  const home = temporaryHome();
  const outcomes = [];
  for (const way of ["direct", "proxy"] as const) {
    const child = start(way, ["-e", server], { home });
    const outcome = outcomeOf(child);
    child.stdin?.write(text);
    if (way === "proxy") {
      await eventually(() => count === 0 || (recordsAreIn(home) && callsIn(home).length >= count));
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

test("the name of a long call is found behind its arguments", async () => {
  const server = serverOf(asLine("{ id: m.id, result: { content: [] } }"));
  const params = { arguments: { text: "x".repeat(90_000) }, name: "behind" };
  const asked = `${JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params })}\n`;
  expect(await recorded(server, asked)).toEqual(["behind ok"]);
});

describe("a task", () => {
  /** Answers the call by a task, and what is asked of it next by `answers`. */
  const tasks = (...answers: readonly string[]) =>
    serverOf(`(m, answers = [${answers}]) => JSON.stringify({ jsonrpc: "2.0", id: m.id, ...(
      m.method === "tools/call" ? { result: { task: { taskId: "t", status: "working" } } } : answers[m.id - 2]
    ) }) + "\\n"`);
  const about = (id: number, what: string) =>
    `${JSON.stringify({ jsonrpc: "2.0", id, method: `tasks/${what}`, params: { taskId: "t" } })}\n`;
  const COMPLETED = '{ result: { taskId: "t", status: "completed" } }';
  const GONE = '{ error: { code: -32602, message: "no such task" } }';
  const RESULT = "{ result: { content: [], isError: true } }";

  test.each([
    ["is cancelled", '{ result: { taskId: "t", status: "cancelled" } }', "cancel", "cancelled"],
    ["is gone", GONE, "get", "error jsonrpc:-32602"],
    ["has a result that is fetched", RESULT, "result", "error"],
  ])("that %s", async (_name, answer, what, expected) => {
    const asked = call(1) + about(2, what);
    expect(await recorded(tasks(answer), asked)).toEqual([`x ${expected}`]);
  });

  test.each([
    ["may be cancelled", ["{ result: {} }"], ["cancel"], "cancelled guess:unconfirmed"],
    ["is not fetched", [COMPLETED], ["get"], "ok guess:not_fetched"],
    ["is gone before it is fetched", [COMPLETED, GONE], ["get", "get"], "ok guess:not_fetched"],
  ])("that %s", async (_name, answers, asked, expected) => {
    const text = call(1) + asked.map((what, index) => about(index + 2, what)).join("");
    expect(await recorded(tasks(...answers), text, 0)).toEqual([`x ${expected}`]);
  });
});

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
