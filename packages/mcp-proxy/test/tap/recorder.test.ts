/** What passes over stdio, line by line, and what is recorded of it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { recordsIn, toolCallsIn } from "../../../../test/records.ts";
import { startRecorder } from "../../src/tap/recorder.ts";

test("calls are recorded, and what could not be read or kept is declared", async () => {
  const home = mkdtempSync(join(tmpdir(), "caum-stdio-"));
  const facts = { home, version: "1", hashNames: false, say: () => {}, sessionId: "s" };
  const recorder = startRecorder({ ...facts, parentPid: process.pid, server: "node server.mjs" });
  const hear = (toServer: boolean, text: string, isCut?: true) => {
    const head = Buffer.from(text);
    const line = { head, byteLength: head.length, toServer, time: Date.now() };
    recorder.accept({ ...line, ...(isCut && { isCut }) });
  };
  const call = { name: "get", arguments: { a: 1 } };
  hear(true, JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: call }));
  hear(false, "a line of a log");
  hear(false, JSON.stringify({ jsonrpc: "2.0", id: 1, result: { content: [] } }));
  hear(true, JSON.stringify({ jsonrpc: "2.0", id: 2, method: "tools/call", params: call }));
  hear(false, "noise", true);
  recorder.forgot(2);
  await recorder.close(5_000);
  const records = recordsIn(home);
  rmSync(home, { recursive: true, force: true });
  expect(new Set(records.map(({ sessionId }) => sessionId))).toEqual(new Set(["s"]));
  expect(toolCallsIn(records).map(({ toolName, status }) => `${toolName} ${status}`)).toEqual([
    "get ok",
    "get unresolved",
  ]);
  const drops = records.flatMap(({ payload }) =>
    "type" in payload && payload.type === "drop" ? [`${payload.reason} ${payload.count}`] : [],
  );
  expect(drops).toEqual(["overflow 3"]);
});
