/**
 * Runs of agents and evaluations, in the form of the versions in the paths. What they hold is counted by
 * the readers, and by patterns over the bytes or by the program's own totals.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { countOf, distinct, FIXTURES, numbers, textOf } from "./counts.ts";
import { newReading, readAll, sum } from "./read-all.ts";

const OPENHANDS = join(FIXTURES, "openhands/1.11/5f0a7f6a1f3b4c5e9d2a000000000001");

describe("OpenHands", () => {
  const events = readdirSync(join(OPENHANDS, "events")).map((name) =>
    readFileSync(join(OPENHANDS, "events", name), "utf8"),
  );
  const having = (...parts: readonly (string | RegExp)[]) =>
    events.filter((text) =>
      parts.every((part) => (typeof part === "string" ? text.includes(part) : part.test(text))),
    ).length;

  test("calls by their actions, statuses by the kinds of answers, tokens by its own total", async () => {
    const state = JSON.parse(readFileSync(join(OPENHANDS, "base_state.json"), "utf8"));
    const { accumulated_token_usage: usage } = state.stats.usage_to_metrics.agent;
    const answers = having('"kind":"ObservationEvent"');
    const failed = having('"kind":"ObservationEvent"', /"exit_code":[1-9]/);
    expect(countOf(await readAll([OPENHANDS]))).toEqual({
      sessions: 1,
      calls: having('"kind":"ActionEvent"'),
      statuses: {
        ok: answers - failed,
        error: failed + having('"kind":"AgentErrorEvent"'),
        denied: having('"kind":"UserRejectObservation"'),
        unresolved: 1,
      },
      agents: 1,
      inputTokens: usage.prompt_tokens,
      outputTokens: usage.completion_tokens,
    });
  });

  test("what the model says beside its arguments does not make equal calls differ", async () => {
    const [read] = await readAll([OPENHANDS]);
    const asked = read?.calls.map(({ arguments: value }) => JSON.stringify(value));
    expect(asked?.filter((text) => text?.includes("make all"))).toHaveLength(6);
    expect(new Set(asked?.filter((text) => text?.includes("make all"))).size).toBe(1);
  });

  test("calls of one answer have one parent", async () => {
    const [read] = await readAll([OPENHANDS]);
    const [first, second, third] = read?.calls ?? [];
    expect(first?.parent).toBe(second?.parent);
    expect(third?.parent).not.toBe(second?.parent);
  });
});

describe("SWE-agent", () => {
  test("calls by their steps, tokens and cost by its own total, each run by itself", async () => {
    const text = textOf("swe-agent", ".traj");
    const sessions = await readAll([join(FIXTURES, "swe-agent")]);
    const calls = numbers(text, /("observation": )/g).length;
    expect(countOf(sessions)).toEqual({
      sessions: 2,
      calls,
      statuses: { answered: calls },
      agents: 1,
      inputTokens: sum(numbers(text, /"tokens_sent": (\d+)/g)),
      outputTokens: sum(numbers(text, /"tokens_received": (\d+)/g)),
    });
    expect(new Set(sessions.map(({ session }) => session.id)).size).toBe(2);
    expect(sum(sessions.flatMap(({ turns }) => turns.map(({ costUsd }) => costUsd)))).toBeCloseTo(
      0.112,
      9,
    );
  });

  test("a call has the name that the model called; a command of an older version is one of a shell", async () => {
    const tools = async (version: string) => {
      const [read] = await readAll([join(FIXTURES, "swe-agent", version)]);
      return read?.calls.map(({ tool }) => tool);
    };
    expect(await tools("1.1")).toEqual(["find_file", ...Array(6).fill("edit"), "submit"]);
    expect(await tools("0.7")).toEqual(["shell", "shell", "shell"]);
  });

  test("a copy of a run in another folder is the same run", async () => {
    const folder = mkdtempSync(join(tmpdir(), "caum-swe-agent-"));
    try {
      const original = join(FIXTURES, "swe-agent/1.1");
      cpSync(original, folder, { recursive: true });
      const reading = newReading();
      expect(countOf(await readAll([original, folder], reading)).calls).toBe(8);
      expect(reading.notes.copies).toBeGreaterThan(8);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe.each(["answers.json", "answers.eval"])("Inspect: %s", (name) => {
  test("calls, statuses and agents by patterns, tokens by the log's own total", async () => {
    // The archive holds the same two samples, packed.
    const text = readFileSync(join(FIXTURES, "inspect/0.3/answers.json"), "utf8");
    const events = numbers(text, /("event": "tool",)/g).length;
    const of = (type: string) => numbers(text, new RegExp(`("type": "${type}",)`, "g")).length;
    const open = numbers(text, /("pending": true)/g).length;
    const [usage] = Object.values(
      JSON.parse(text).stats.model_usage as Record<string, Record<string, number>>,
    );
    const [errors, denied, rejected] = ["file_not_found", "approval", "parsing"].map(of);
    expect(countOf(await readAll([join(FIXTURES, "inspect/0.3", name)]))).toEqual({
      sessions: distinct(text, /"uuid": "(sample[^"]+)"/g),
      calls: events,
      statuses: {
        ok: events - errors! - denied! - rejected! - open,
        error: errors,
        denied,
        rejected,
        unresolved: open,
      },
      agents: 2,
      inputTokens: usage?.input_tokens,
      outputTokens: usage?.output_tokens,
    });
  });

  test("texts that stand beside are put in their places", async () => {
    const [read] = await readAll([join(FIXTURES, "inspect/0.3", name)]);
    const values = JSON.stringify(
      read?.calls.map(({ arguments: asked, result }) => [asked, result]),
    );
    expect(values).not.toContain("attachment://");
    expect(values).toContain("no such file or directory");
  });
});
