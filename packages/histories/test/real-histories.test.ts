/**
 * Histories that real clients left, counted by the readers, and by other means: the client's own
 * totals, or patterns over the bytes. No reader is used for the second count.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { countOf, distinct, FIXTURES, linesWith, numbers, textOf } from "./counts.ts";
import { newReading, readAll, sum } from "./read-all.ts";

test("Claude Code: calls by their ids, tokens by what it adds up itself", async () => {
  const text = textOf("claude-code", ".jsonl");
  const costs = linesWith(text, '"type":"cost-state"').map((line) => JSON.parse(line));
  const models = [...new Map(costs.map((cost) => [cost.sessionId, cost])).values()]
    // The fork holds the first session's last total, and adds its own to it.
    .flatMap(({ modelUsage }) =>
      Object.values(modelUsage as Record<string, Record<string, number>>),
    );
  const total = (...names: readonly string[]) =>
    sum(models.flatMap((model) => names.map((name) => model[name])));
  const count = countOf(await readAll([join(FIXTURES, "claude-code")]));
  const errors = distinct(
    linesWith(text, '"is_error":true')
      .filter((line) => !line.includes("toolDenialKind"))
      .join("\n"),
    /"tool_use_id":"([^"]+)"/g,
  );
  const refused = linesWith(text, '"toolDenialKind"').length;
  const calls = distinct(text, /"type":"tool_use","id":"([^"]+)"/g);
  expect(count).toMatchObject({
    sessions: 6,
    calls,
    statuses: { ok: calls - errors - refused, error: errors, denied: refused },
    agents: 2,
    outputTokens: 20 * distinct(text, /"id":"(msg_[^"]+)"/g),
  });
  expect(total("outputTokens")).toBeGreaterThan(0);
  // What it adds up for a session that was not forked, sub-agent included.
  const [alone] = await readAll([
    join(FIXTURES, "claude-code/2.1.328/384bb0d4-e255-473b-944f-fc5fab37f5a7.jsonl"),
    join(FIXTURES, "claude-code/2.1.328/384bb0d4-e255-473b-944f-fc5fab37f5a7"),
  ]);
  const own = costs.find(({ sessionId }) => sessionId.startsWith("384bb0d4"));
  const [model] = Object.values(own.modelUsage as Record<string, Record<string, number>>);
  expect(sum(alone!.turns.map(({ inputTokens }) => inputTokens))).toBe(
    sum([model?.inputTokens, model?.cacheReadInputTokens, model?.cacheCreationInputTokens]),
  );
  expect(sum(alone!.turns.map(({ outputTokens }) => outputTokens))).toBe(model?.outputTokens);
});

test("Claude Code: what a fork copied is counted once, whichever file is read first", async () => {
  const files = [
    "2e32879c-1f14-48bb-b92d-f26605555770",
    "39159fe6-d5fb-46be-84e3-3dd8e305f6fb",
  ].map((name) => join(FIXTURES, "claude-code/2.1.328", `${name}.jsonl`));
  const forward = newReading();
  const backward = newReading();
  expect(countOf(await readAll(files, forward)).calls).toBe(5);
  expect(countOf(await readAll([...files].reverse(), backward)).calls).toBe(5);
  expect(forward.notes.copies).toBeGreaterThan(0);
  expect(backward.notes.copies).toBe(forward.notes.copies);
});

test("Codex: calls by their outputs, tokens by the last total of each thread", async () => {
  const text = textOf("codex", ".jsonl");
  const files = readdirSync(join(FIXTURES, "codex/0.169.0"));
  const totals = files.map((name) => {
    const lines = readFileSync(join(FIXTURES, "codex/0.169.0", name), "utf8");
    return JSON.parse(linesWith(lines, '"token_usage_record"').at(-1) ?? "").payload
      .thread_token_usage;
  });
  expect(countOf(await readAll([join(FIXTURES, "codex")]))).toEqual({
    sessions: 3,
    calls: linesWith(text, '"type":"function_call_output"').length,
    statuses: {
      ok: linesWith(text, '"type":"item_completed"', '"call_', '"status":"completed"').length - 1,
      error: linesWith(text, '"type":"item_completed"', '"call_', '"status":"failed"').length,
      cancelled: linesWith(text, "aborted by user", "function_call_output").length,
    },
    agents: 1 + linesWith(text, '"type":"session_meta"', '"parent_thread_id"').length,
    inputTokens: sum(totals.map(({ input_tokens: count }) => count)),
    outputTokens: sum(totals.map(({ output_tokens: count }) => count)),
  });
});

test("Gemini CLI: calls and turns by their ids, each once", async () => {
  const text = textOf("gemini-cli", ".jsonl");
  const turns = distinct(text, /"id":"([^"]+)","timestamp":"[^"]+","type":"gemini"/g);
  const calls = distinct(text, /"toolCalls":\[\{"id":"([^"]+)"/g);
  const failed = distinct(text, /"toolCalls":\[\{"id":"(mcp_srv_fail[^"]+)"/g);
  expect(countOf(await readAll([join(FIXTURES, "gemini-cli")]))).toEqual({
    sessions: 2,
    calls,
    statuses: { ok: calls - failed, error: failed },
    agents: 1,
    inputTokens: turns * 100,
    outputTokens: turns * 20,
  });
});

test("opencode: rows of a dump of its tables, and the totals of its sessions", async () => {
  const rows = (name: string) =>
    readFileSync(join(FIXTURES, "opencode/1.18.33", `${name}.ndjson`), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
  const forks = new Set(
    rows("session").flatMap(({ id, title }) => (title.includes("fork") ? [id] : [])),
  );
  const isOwn = ({ session_id: session }: { readonly session_id: string }) => !forks.has(session);
  const calls = rows("part")
    .filter(isOwn)
    .map(({ data }) => JSON.parse(data))
    .filter(({ type }) => type === "tool");
  const failed = calls.filter(
    ({ state }) => state.status === "error" || (state.metadata?.exit ?? 0) !== 0,
  ).length;
  const own = rows("session").filter(({ id }) => !forks.has(id));
  expect(countOf(await readAll([join(FIXTURES, "opencode/1.18.33/opencode.db")]))).toEqual({
    sessions: 2,
    calls: calls.length,
    statuses: { ok: calls.length - failed, error: failed },
    agents: 2,
    inputTokens: sum(own.flatMap((row) => [row.tokens_input, row.tokens_cache_read])),
    outputTokens: sum(own.map((row) => row.tokens_output)),
  });
});

test("Copilot CLI: calls by their ends, tokens by what it tells at its end", async () => {
  const text = textOf("copilot", ".jsonl");
  const ends = linesWith(text, '"type":"tool.execution_complete"');
  const failed = ends.filter((line) => /"success":false|"exitCode":[1-9]/.test(line)).length;
  const last = JSON.parse(linesWith(text, '"type":"session.shutdown"').at(-1) ?? "");
  const { usage } = last.data.accountingSnapshot.modelMetrics["test-model"];
  expect(countOf(await readAll([join(FIXTURES, "copilot")]))).toEqual({
    sessions: 1,
    calls: ends.length,
    statuses: { ok: ends.length - failed, error: failed },
    agents: 1,
    inputTokens: usage.inputTokens,
    outputTokens: usage.outputTokens,
  });
});

test("Qwen Code: calls by their results, tokens by the telemetry in the same file", async () => {
  const text = textOf("qwen-code", ".jsonl");
  const results = linesWith(text, '"type":"tool_result"');
  const by = (status: string) =>
    results.filter((line) => line.includes(`"status":"${status}"`)).length;
  const told = linesWith(text, '"qwen-code.api_response"').join("\n");
  expect(countOf(await readAll([join(FIXTURES, "qwen-code")]))).toEqual({
    sessions: 1,
    calls: results.length,
    statuses: { ok: by("success"), error: by("error"), cancelled: by("cancelled") },
    agents: 1,
    inputTokens: sum(numbers(told, /"input_token_count":(\d+)/g)),
    outputTokens: sum(numbers(told, /"output_token_count":(\d+)/g)),
  });
});

test("Cline: calls by their results, tokens by the totals beside", async () => {
  const folder = join(FIXTURES, "cline/3.0.65");
  const text = textOf("cline", ".messages.json");
  const { metadata } = JSON.parse(readFileSync(join(folder, "1795877874470_t5v5y.json"), "utf8"));
  const calls = distinct(text, /"tool_use_id":\s*"([^"]+)"/g);
  const failed = [...text.matchAll(/"success":\s*false|"is_error":\s*true/g)].length;
  expect(countOf(await readAll([folder]))).toEqual({
    sessions: 1,
    calls,
    statuses: { ok: calls - failed, error: failed },
    agents: 1,
    inputTokens: metadata.usage.inputTokens,
    outputTokens: metadata.usage.outputTokens,
  });
});

test("Continue: calls by their ids, tokens by its own total", async () => {
  const text = textOf("continue", ".json");
  const { usage } = JSON.parse(text);
  const calls = distinct(text, /"toolCallId":\s*"([^"]+)"/g);
  const failed = [...text.matchAll(/"status":\s*"errored"/g)].length;
  expect(countOf(await readAll([join(FIXTURES, "continue")]))).toEqual({
    sessions: 1,
    calls,
    statuses: { ok: calls - failed, error: failed },
    agents: 1,
    inputTokens: usage.promptTokens,
    outputTokens: usage.completionTokens,
  });
});

test("every event has its place in time, and everything was understood", async () => {
  const reading = newReading();
  for (const { session, events } of await readAll([FIXTURES], reading)) {
    const times = events.flatMap(({ atMs }) => atMs ?? []);
    expect(times, session.format).toEqual([...times].sort((a, b) => a - b));
    const isTimeless = session.format === "continue" || session.format === "swe-agent";
    expect(times.length, session.format).toBe(isTimeless ? 0 : events.length);
  }
  expect(reading.notes.notUnderstood).toBe(0);
  expect(reading.notes.problems).toEqual([]);
});

test("calls of one answer have one parent", async () => {
  for (const { session, calls } of await readAll([FIXTURES])) {
    const sizes = new Map<string, number>();
    for (const { parent = "", agent = "" } of calls) {
      sizes.set(`${agent} ${parent}`, (sizes.get(`${agent} ${parent}`) ?? 0) + 1);
    }
    // The scripted model asks for three calls at once where the script is the long one.
    const isLong = calls.length > 12 && session.format !== "inspect";
    if (isLong) expect(Math.max(...sizes.values()), session.format).toBe(3);
  }
});
