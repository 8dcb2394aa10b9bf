import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createObserver } from "@caum/core";
import { Health, stepOf } from "@caum/core/health";
import type { StructuralRecord } from "@caum/core/verify";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import * as fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { tableRow } from "../demo/table.ts";

/**
 * Names that somebody chose as names stay readable (docs/protocol.md, labels): the ids of session
 * and agent, agent name, team and workflow; and, where they look like a label, tool, model,
 * provider, client name and version, error class, phase, tool type, target system and operation.
 * The marker is planted everywhere else.
 */
const EXEMPT = { tool: "answer", model: "gpt-5", phase: "retry", errorClass: "timeout" } as const;

const MARKER = "zq7canary";
const root = join(import.meta.dirname, "..");
let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "caum-privacy-"));
});

afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

/** Everything below a folder: file names and bytes. */
function everythingIn(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => {
      const path = join(folder, name);
      return statSync(path).isFile() ? `${name}\n${readFileSync(path, "latin1")}` : name;
    })
    .join("\n");
}

function expectNoMarker(text: string): void {
  const seen = text.toLowerCase();
  for (const form of [MARKER, Buffer.from(MARKER).toString("hex"), btoa(MARKER).slice(0, -2)]) {
    expect(seen.includes(form.toLowerCase()), `the marker as ${form}`).toBe(false);
  }
}

/** Any value at all, with the marker in keys, strings, byte arrays, errors and class instances. */
function markedValues(): fc.Arbitrary<unknown> {
  const marked = fc.string().map((text) => `${text}${MARKER}${text}`);
  return fc.oneof(
    marked,
    fc.anything({
      key: marked,
      withDate: true,
      withMap: true,
      withSet: true,
      withTypedArray: true,
    }),
    marked.map((text) => new Error(text, { cause: text })),
    marked.map((text) => Buffer.from(text)),
    fc.dictionary(marked, fc.oneof(marked, fc.array(marked))),
    marked.map((text) => ({
      toJSON: () => text,
      [Symbol(text)]: text,
      get secret() {
        return text;
      },
    })),
  );
}

test("no value of any observation reaches the home folder, a problem or the table", async () => {
  const values = markedValues();
  const said: string[] = [];
  const seen = createObserver({
    writer: "test",
    writerVersion: "1.0.0",
    layer: "framework",
    view: "full",
    home,
    env: {},
    onProblem: (problem) => said.push(problem.message),
  });
  fc.assert(
    fc.property(values, values, fc.string(), (first, second, text) => {
      const secret = `${MARKER} ${text}`;
      const call = { ...EXEMPT, toolCallId: secret, stateId: secret, endpoint: secret };
      seen.observe("s", {
        ...call,
        arguments: first,
        result: second,
        server: secret,
        agent: secret,
      });
      seen.observe("s", {
        tool: `${secret} ${secret.repeat(9)}`,
        errorClass: `${secret}!`,
        result: 1,
      });
      seen.observe("s", { kind: "turn", content: second, responseId: secret, model: EXEMPT.model });
      seen.observe("s", {
        kind: "message",
        role: "user",
        content: first,
        finishReason: `(${secret})`,
      });
      seen.observe("s", { kind: "environment", change: "tool_definition", value: first });
    }),
    { numRuns: 300 },
  );
  seen.session("t", { task: MARKER }).observe({ tool: "answer" });
  await seen.close();
  expectNoMarker(everythingIn(home));
  expectNoMarker(said.join("\n"));
});

test("nothing that a server or client says is kept by the proxy in between", async () => {
  const proxy = join(root, "packages/mcp-proxy/bin/caum-mcp-proxy.cjs");
  const server = join(root, "test/fixtures/canary-server.mjs");
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [
      proxy,
      "--home",
      home,
      "--session",
      "s",
      "--agent",
      "a",
      "--",
      process.execPath,
      server,
      MARKER,
    ],
    stderr: "pipe",
  });
  let stderr = "";
  transport.stderr?.on("data", (chunk) => {
    stderr += chunk;
  });
  const client = new Client({ name: "privacy-test", version: "1.0.0" });
  await client.connect(transport);
  await client.listTools();
  for (const name of ["answer", "fail", "answer"]) {
    await client.callTool({ name, arguments: { [MARKER]: MARKER, list: [MARKER, 7] } });
  }
  await expect(
    client.callTool({ name: "refuse", arguments: { deep: { deeper: MARKER } } }),
  ).rejects.toThrow(MARKER);
  await client.listResources();
  await client.readResource({ uri: `file:///${MARKER}` });
  await client.getPrompt({ name: MARKER, arguments: { about: MARKER } }).catch(() => undefined);
  await client.close();

  const kept = everythingIn(home);
  expectNoMarker(kept);
  // The server's own words on stderr pass through; nothing else is on it.
  expect(new Set(stderr.trim().split("\n"))).toEqual(new Set([MARKER]));
  const health = new Health();
  const rows = kept
    .split("\n")
    .filter((line) => line.startsWith('{"agentId"'))
    .map((line) => JSON.parse(line) as StructuralRecord)
    .flatMap((record) => {
      const step = stepOf(record);
      if (!step || record.category !== "tool_api") return [];
      const { toolName: name, op, status } = record.payload;
      const { publicClass, eventType, pattern: _pattern, ...assessment } = health.observe(step);
      const found = { ...assessment, public_class: publicClass, event_type: eventType };
      const place = { index: 0, leaf: "", at: record.sourceTimestamp };
      return [tableRow("a", { ...place, name, ...(op && { op }), status, ...found }, false)];
    });
  expect(rows.length).toBeGreaterThanOrEqual(5);
  expectNoMarker(rows.join("\n"));
});
