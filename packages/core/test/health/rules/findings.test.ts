/** What is said of each loop when it is found, and six repetitions later. */
import { expect, test } from "vitest";
import { Health } from "../../../src/health/health.ts";
import { ROWS, type Row } from "../families/loop-rows.ts";
import { Script } from "../families/script.ts";

/** How the session stands after so many repetitions: regime, reasons, and what the pattern is. */
function said({ before, once }: Row, times: number): string {
  const script = new Script(12).work(6);
  before?.(script);
  for (let time = 1; time <= times; time++) once(script, time);
  const health = new Health();
  const last = script.steps.map((step) => health.observe(step)).at(-1);
  const { regime, reasons = [], pattern } = last ?? {};
  const { fromStep, tools = [] } = pattern ?? {};
  return `${regime} ${reasons.join(" ")} from ${fromStep} of ${last?.step}: ${tools.join(", ")}`;
}

test("each loop has its regime, its reasons, its first step and its tools", () => {
  const table = Object.entries(ROWS).map(([name, row]) => [
    name,
    said(row, row.at),
    said(row, row.at + 6),
  ]);
  expect(table).toEqual([
    [
      "periodic, one call",
      "LOOP periodic:p1x4 from 7 of 10: read",
      "LOOP periodic:p1x10 recurrence:x9 from 7 of 16: read",
    ],
    [
      "periodic, one call with notes",
      "LOOP periodic:p1x4 from 8 of 14: read",
      "LOOP periodic:p1x10 recurrence:x9 from 8 of 26: read",
    ],
    [
      "periodic, one call with turns that ask for nothing",
      "LOOP periodic:p1x5 from 8 of 16: read",
      "LOOP periodic:p1x11 recurrence:x10 from 8 of 28: read",
    ],
    [
      "periodic, one key",
      "LOOP periodic:p1x6 from 7 of 12: press",
      "LOOP periodic:p1x12 from 7 of 18: press",
    ],
    [
      "periodic, a cycle of moves",
      "LOOP periodic:p2x5 from 7 of 16: turn, walk",
      "LOOP periodic:p2x11 from 7 of 28: turn, walk",
    ],
    [
      "periodic, a cycle",
      "LOOP periodic:p3x3 from 7 of 15: read",
      "LOOP periodic:p3x9 recurrence:x24 leaky:x16 from 7 of 33: read",
    ],
    [
      "recurrence, known calls in a row",
      "LOOP recurrence:x8 from 17 of 24: read",
      "LOOP recurrence:x14 from 17 of 30: read",
    ],
    [
      "recurrence, attempts",
      "LOOP recurrence:x10 from 17 of 26: read",
      "LOOP recurrence:x16 from 17 of 32: read",
    ],
    [
      "recurrence, two more for each word of the user",
      "LOOP recurrence:x14 from 17 of 30: read",
      "LOOP recurrence:x20 from 17 of 36: read",
    ],
    [
      "leaky, steps of 16 that are old",
      "LOOP leaky:x13 from 9 of 24: read, web_search",
      "LOOP periodic:p2x5 recurrence:x10 leaky:x15 from 21 of 30: read",
    ],
    [
      "jitter, one call",
      "LOOP jitter:p1x5 from 7 of 11: get",
      "LOOP jitter:p1x11 from 7 of 17: get",
    ],
    [
      "jitter, a cycle",
      "LOOP jitter:p2x4 from 7 of 14: get, parse",
      "LOOP jitter:p2x10 from 7 of 26: get, parse",
    ],
    [
      "numeric, one call",
      "LOOP numeric:p1x8 from 7 of 14: py",
      "LOOP numeric:p1x14 from 7 of 20: py",
    ],
    [
      "numeric, a cycle",
      "LOOP numeric:p2x5 from 7 of 16: py, sh",
      "LOOP numeric:p2x11 from 7 of 28: py, sh",
    ],
    ["error_run", "LOOP error_run:p1x5 from 7 of 11: t", "LOOP error_run:p1x11 from 7 of 17: t"],
    [
      "failing_call",
      "LOOP failing_call:p1x5 from 7 of 11: t",
      "LOOP failing_call:p1x11 from 7 of 17: t",
    ],
    [
      "failing_write, in ever new ways",
      "LOOP failing_write:p1x8 from 7 of 14: t",
      "LOOP failing_write:p1x14 from 7 of 20: t",
    ],
    [
      "failing_write, looked at again in between",
      "LOOP failing_write:p1x6 from 9 of 19: t",
      "LOOP failing_write:p1x12 from 9 of 31: t",
    ],
    [
      "refused",
      "LOOP refused:p1x7 from 7 of 13: tool b",
      "LOOP refused:p1x13 from 7 of 19: tool b",
    ],
    [
      "all_failing, calls",
      "LOOP all_failing:p1x10 from 7 of 16: tool b",
      "LOOP all_failing:p1x16 from 7 of 22: tool b",
    ],
    [
      "blind_write",
      "LOOP blind_write:p1x5 from 7 of 11: w",
      "LOOP blind_write:p1x11 from 7 of 17: w",
    ],
    [
      "same_message",
      "REASONING_LOOP periodic:p1x4 same_message:p1x4 from 7 of 10: assistant",
      "REASONING_LOOP periodic:p1x10 recurrence:x9 same_message:p1x10 from 7 of 16: assistant",
    ],
    [
      "idle_talk",
      "REASONING_LOOP idle_talk:p1x8 from 7 of 14: assistant",
      "REASONING_LOOP idle_talk:p1x14 from 7 of 20: assistant",
    ],
    [
      "ping_pong",
      "LOOP ping_pong:p2x4 from 8 of 15: hand",
      "LOOP ping_pong:p2x7 from 8 of 21: hand",
    ],
    [
      "a wait that has lost its sense",
      "LOOP periodic:p1x60 from 11 of 70: job",
      "LOOP periodic:p1x66 from 11 of 76: job",
    ],
  ]);
});
