/**
 * No content is kept: a marked text stands in every field, header and URL, and is found nowhere.
 * Exempt are names that a user or a tool server chose and that look like labels (DESIGN 3.3): the
 * marked text is none, so it must not be found as a name either.
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { CANARY, canaryMessages, MARK } from "./canary-messages.ts";
import { exchange, startProxy, startServer } from "./http-party.ts";
import { filesBelow, recordsIn } from "./kept.ts";
import { outcomeOf, RAW_SERVER, RELAY, send, start, temporaryHome } from "./stdio-party.ts";

/** Forms in which the marked text could be written down. */
const FORMS = [MARK, MARK.toUpperCase(), Buffer.from(MARK).toString("hex"), ...base64Forms(MARK)];

/** Base64 of a text at any of the three offsets it can have, without what its neighbours change. */
function base64Forms(text: string): readonly string[] {
  return ["", "x", "xx"].map((before) => {
    const encoded = Buffer.from(before + text).toString("base64");
    return encoded.slice(before === "" ? 0 : 4, Math.floor((before + text).length / 3) * 4);
  });
}

function expectNoCanary(home: string, log: string): void {
  const files = filesBelow(home);
  expect(files.some((file) => file.endsWith("records.ndjson"))).toBe(true);
  const texts = [log, ...files, ...files.map((file) => readFileSync(file, "latin1"))];
  expect(FORMS.filter((form) => texts.some((text) => text.includes(form)))).toEqual([]);
}

test("over stdio", async () => {
  const home = temporaryHome();
  const child = start("proxy", [RAW_SERVER, "echo"], { home });
  const outcome = outcomeOf(child);
  const lines = canaryMessages().map((message) => Buffer.from(`${JSON.stringify(message)}\n`));
  child.stdin?.write(Buffer.concat(lines.slice(0, 10)));
  await sleep(100);
  await send(child, lines);
  const { code, stderr } = await outcome;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expectNoCanary(home, stderr);
  const records = recordsIn(home);
  expect(records.filter(({ payload }) => payload.toolName !== undefined).length).toBeGreaterThan(
    50,
  );
  expect(records.some(({ payload }) => payload.kind === "tool_definition")).toBe(true);
});

test("of the words and the stderr of a server", async () => {
  const home = temporaryHome();
  const hex = Buffer.from(CANARY).toString("hex");
  const child = spawn(
    process.execPath,
    [RELAY, "--home", home, "--", process.execPath, RAW_SERVER, "stderr", hex, CANARY],
    { stdio: "pipe" },
  );
  const outcome = outcomeOf(child);
  await sleep(100);
  await send(child, [Buffer.from('{"id":1,"method":"tools/call","params":{"name":"x"}}\n')]);
  expect((await outcome).stderr).toBe(Buffer.from(CANARY).toString("latin1"));
  expectNoCanary(home, "");
});

test("over HTTP, with headers and addresses", async () => {
  const marked = encodeURIComponent(CANARY);
  const messages = canaryMessages();
  let next: unknown;
  const { url } = await startServer((_request, response) => {
    const headers = ["Mcp-Session-Id", marked, "X-Own", marked, "Content-Type"];
    response.writeHead(200, [...headers, "text/event-stream"]);
    response.end(
      `event: endpoint\ndata: /${marked}\n\nid: ${marked}\ndata: ${JSON.stringify(next)}\n\n`,
    );
  });
  const proxy = await startProxy(url);
  for (const [index, message] of messages.entries()) {
    next = messages[index + 1];
    const session = index % 3 ? [] : ["Mcp-Session-Id", marked];
    const headers = [
      ...["Content-Type", "application/json", "Mcp-Name", marked, "Mcp-Param-X", marked],
      ...["Authorization", `Bearer ${marked}`, "User-Agent", marked, "Last-Event-ID", marked],
      ...session,
    ];
    const path = `/mcp/${marked}?token=${marked}`;
    await exchange(proxy.url, { path, headers, body: [Buffer.from(JSON.stringify(message))] });
  }
  // Most of these streams can be resumed, so that their calls are open until the end.
  proxy.child.kill("SIGTERM");
  await new Promise((resolve) => proxy.child.on("exit", resolve));
  expectNoCanary(proxy.home, proxy.stderr());
  expect(recordsIn(proxy.home).length).toBeGreaterThan(50);
});
