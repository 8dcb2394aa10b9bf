/** Exports of traces: LangSmith, Langfuse, OpenTelemetry, and our own. */
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { countOf, distinct, FIXTURES, linesWith, numbers, textOf } from "./counts.ts";
import { newReading, readAll, sum } from "./read-all.ts";

const folder = mkdtempSync(join(tmpdir(), "caum-exports-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("LangSmith", () => {
  test("runs of its SDK: calls, failures and tokens by patterns", async () => {
    const text = textOf("langsmith", ".jsonl");
    const tools = linesWith(text, '"run_type":"tool"');
    const failed = tools.filter((line) => line.includes('"error":"')).length;
    const models = linesWith(text, '"run_type":"llm"').join("\n");
    // Each answer says its tokens in two places.
    const tokens = (name: string) => sum(numbers(models, new RegExp(`"${name}":(\\d+)`, "g"))) / 2;
    expect(countOf(await readAll([join(FIXTURES, "langsmith/sdk-0.10.5.jsonl")]))).toEqual({
      sessions: 1,
      calls: tools.length,
      statuses: { ok: tools.length - failed, error: failed },
      agents: 1,
      inputTokens: tokens("input_tokens"),
      outputTokens: tokens("output_tokens"),
    });
  });

  test("an answer of its API: a tool message that failed, and a run that is open", async () => {
    const [read] = await readAll([join(FIXTURES, "langsmith/api.json")]);
    expect(
      read?.calls.map(({ status, toolCallId, result }) => [status, toolCallId, result]),
    ).toEqual([
      ["ok", "call_1", "42"],
      ["error", "call_2", "Error: no such city"],
      ["unresolved", expect.any(String), undefined],
    ]);
    expect(new Set(read?.calls.slice(0, 2).map(({ parent }) => parent)).size).toBe(1);
    expect(read?.turns).toMatchObject([{ inputTokens: 70, outputTokens: 12, costUsd: 0.0021 }]);
    expect(read?.events.at(0)?.atMs).toBe(Date.parse("2026-11-22T08:00:00Z"));
  });

  test("runs that stand in their parents are the same runs", async () => {
    const runs = linesWith(textOf("langsmith", ".jsonl"), "{").map((line) => JSON.parse(line));
    const [root, ...below] = runs;
    const path = join(folder, "nested.json");
    const bare = below.map(({ trace_id: _trace, parent_run_id: _parent, ...run }) => run);
    writeFileSync(path, JSON.stringify({ ...root, child_runs: bare }));
    expect(countOf(await readAll([path]))).toEqual(
      countOf(await readAll([join(FIXTURES, "langsmith/sdk-0.10.5.jsonl")])),
    );
  });
});

describe.each(["observations_v2.jsonl", "legacy", "api-trace.json"])("Langfuse: %s", (name) => {
  test("calls, failures and tokens by patterns", async () => {
    const text = readFileSync(join(FIXTURES, "langfuse/observations_v2.jsonl"), "utf8");
    const tools = linesWith(text, '"type":"TOOL"');
    const failed = linesWith(text, '"type":"TOOL"', '"level":"ERROR"').length;
    const open = linesWith(text, '"type":"TOOL"', '"end_time":null').length;
    const tokens = (...names: readonly string[]) =>
      sum(names.flatMap((one) => numbers(text, new RegExp(`"${one}":(\\d+)`, "g"))));
    const sessions = await readAll([join(FIXTURES, "langfuse", name)]);
    expect(countOf(sessions)).toEqual({
      sessions: 1,
      calls: tools.length,
      statuses: { ok: tools.length - failed - open, error: failed, unresolved: open },
      agents: 1,
      inputTokens: tokens("input", "input_cache_read"),
      outputTokens: tokens("output", "output_reasoning"),
    });
    const named = {
      "observations_v2.jsonl": "chat-7",
      legacy: "chat-8",
      "api-trace.json": "atrace1",
    };
    expect(sessions.map(({ session }) => session.id)).toEqual([named[name as keyof typeof named]]);
    expect(sessions[0]?.events[0]?.atMs).toBe(Date.parse("2026-11-23T12:00:00Z"));
  });
});

describe("OpenTelemetry", () => {
  const emitters = readdirSync(join(FIXTURES, "otlp/emitters"));
  /** What each emitter tells of the same run, where it is not all of it (docs/histories.md). */
  const LESS: Readonly<Record<string, { readonly statuses?: object; readonly tokens?: object }>> = {
    "genkit.json": { tokens: { inputTokens: 0, outputTokens: 0 } },
    "traceloop-openai.json": { statuses: { ok: 1 } },
    "strands.json": { statuses: { error: 1 } },
    "openinference-anthropic-messages.json": {
      statuses: {},
      tokens: { inputTokens: 404, outputTokens: 36 },
    },
  };

  test.each(emitters)("%s: the run of two calls, of which one fails", async (name) => {
    const path = join(folder, name);
    copyFileSync(join(FIXTURES, "otlp/emitters", name), path);
    const { statuses, inputTokens, outputTokens, agents } = countOf(await readAll([path]));
    const less = LESS[name] ?? {};
    expect({ statuses, agents: Math.max(1, agents) }).toEqual({
      statuses: less.statuses ?? { ok: 1, error: 1 },
      agents: 1,
    });
    expect({ inputTokens, outputTokens }).toEqual(
      less.tokens ?? { inputTokens: 304, outputTokens: 36 },
    );
  });

  test.each(["claude-code", "copilot", "qwen-code"])(
    "%s: calls, failures and tokens",
    async (name) => {
      const text = readFileSync(join(FIXTURES, "otlp", `${name}.jsonl`), "utf8");
      const spans = spansIn(text);
      const tools = spans.filter((span) => span.includes('"stringValue":"execute_tool"'));
      const models = spans.filter((span) => /usage|"llm_request"/.test(span)).join("\n");
      const tokens = (pattern: RegExp) => sum(numbers(models, pattern));
      const count = countOf(await readAll([join(FIXTURES, "otlp", `${name}.jsonl`)]));
      expect(count.calls).toBe(tools.length);
      expect(count.sessions).toBe(1);
      expect(count.outputTokens).toBe(
        tokens(/"key":"(?:gen_ai\.usage\.)?output_tokens","value":\{"intValue":"?(\d+)/g),
      );
      const failed = { "claude-code": 2, copilot: 4, "qwen-code": 0 }[name] ?? 0;
      expect(count.statuses.error ?? 0).toBe(failed);
    },
  );

  test("calls of one step have one parent, and another step's another", async () => {
    const [read] = await readAll([join(FIXTURES, "otlp/emitters/aisdk-genai.json")]);
    expect(new Set(read?.calls.map(({ parent }) => parent)).size).toBe(1);
    const [copilot] = await readAll([join(FIXTURES, "otlp/copilot.jsonl")]);
    expect(new Set(copilot?.calls.map(({ parent }) => parent)).size).toBeGreaterThan(4);
  });

  test("logs and metrics are counted, not read", async () => {
    const path = join(folder, "logs.jsonl");
    writeFileSync(path, '{"resourceLogs":[{"scopeLogs":[]}]}\n{"resourceMetrics":[]}\n');
    const reading = newReading();
    expect(await readAll([path], reading)).toEqual([]);
    expect([...reading.notes.unknown.keys()]).toEqual([
      "otlp: resourceLogs",
      "otlp: resourceMetrics",
    ]);
  });

  test("attributes that are nested a hundred thousand deep are read past", async () => {
    const path = join(folder, "deep.jsonl");
    const open = '{"arrayValue":{"values":['.repeat(100_000);
    const deep = `${open}{"stringValue":"x"}${"]}}".repeat(100_000)}`;
    const hostile = spanLine("1").replace('{"stringValue":"DEEP"}', deep);
    writeFileSync(path, `${hostile}\n${spanLine("2")}\n`);
    expect(countOf(await readAll([path])).calls).toBe(2);
  });
});

/** The spans of a text, each as its own JSON. */
function spansIn(text: string): readonly string[] {
  return linesWith(text, "resourceSpans").flatMap((line) => {
    const body = JSON.parse(line);
    return body.resourceSpans.flatMap(
      (group: { readonly scopeSpans: readonly { readonly spans: readonly object[] }[] }) =>
        group.scopeSpans.flatMap(({ spans }) => spans.map((span) => JSON.stringify(span))),
    );
  });
}

function spanLine(id: string): string {
  const attributes = [
    { key: "gen_ai.operation.name", value: { stringValue: "execute_tool" } },
    { key: "gen_ai.tool.name", value: { stringValue: "lookup" } },
    { key: "gen_ai.tool.call.arguments", value: { stringValue: "DEEP" } },
  ];
  const time = { startTimeUnixNano: "1795878025693000000", endTimeUnixNano: "1795878025705708758" };
  const span = { traceId: "t1", spanId: id, name: "execute_tool lookup", ...time, attributes };
  return JSON.stringify({
    resourceSpans: [{ scopeSpans: [{ scope: { name: "s" }, spans: [span] }] }],
  });
}

describe("structural traces", () => {
  test("sessions, calls, statuses and tokens by patterns", async () => {
    const text = textOf("trace", ".jsonl");
    const calls = linesWith(text, '"event":"tool_call"');
    const failed = linesWith(text, '"event":"tool_call"', '"status":"error"').length;
    expect(countOf(await readAll([join(FIXTURES, "trace")]))).toEqual({
      sessions: distinct(text, /"session_id":"([^"]+)"/g),
      calls: calls.length,
      statuses: { ok: calls.length - failed, error: failed },
      agents: 1,
      inputTokens: sum(numbers(text, /"input_tokens":(\d+)/g)),
      outputTokens: sum(numbers(text, /"output_tokens":(\d+)/g)),
    });
  });
});

test("sessions whose rows are mixed, in lines and in several files, are told apart", async () => {
  const text = readFileSync(join(FIXTURES, "langfuse/observations_v2.jsonl"), "utf8");
  const lines = linesWith(text, "{");
  const other = lines.map((line) =>
    line.replaceAll('"obs', '"other').replace("chat-7", "chat-9").replace('"trace1"', '"trace9"'),
  );
  const mixed = lines.flatMap((line, at) => [line, other[at] ?? ""]);
  writeFileSync(join(folder, "first.jsonl"), `${mixed.slice(0, 14).join("\n")}\n`);
  writeFileSync(join(folder, "second.jsonl"), `${mixed.slice(14).join("\r\n")}\r\n`);
  const paths = ["first.jsonl", "second.jsonl"].map((name) => join(folder, name));
  const sessions = await readAll(paths);
  expect(sessions.map(({ session, calls }) => [session.id, calls.length])).toEqual([
    ["chat-7", 9],
    ["chat-9", 9],
  ]);
  expect(sessions[0]?.session.files.map(({ path }) => basename(path))).toEqual([
    "first.jsonl",
    "second.jsonl",
  ]);
});
