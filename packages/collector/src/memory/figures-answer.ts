/** What sessions of some days did, as answers tell it. */
import type { workflowAnswer } from "@caum/core/protocol";
import { type DaySketch, OPERATIONS, type SketchAmount, type SketchSum } from "@caum/workflows";
import type { z } from "zod";
import { usdOf } from "../http/told-figures.ts";

type Figures = z.input<typeof workflowAnswer>["total"];

export function figuresAnswer(sketch: DaySketch): Figures {
  const sum = (name: SketchSum) => sketch.sum(name);
  return {
    sessions: sum("sessions"),
    ended_sessions: sum("ended"),
    looping_sessions: sum("looped"),
    reviewed_sessions: sum("reviewed"),
    outcomes: { known: sum("outcomes"), resolved: sum("resolved") },
    steps: amountOf(sketch, "steps", "sessions"),
    tokens: amountOf(sketch, "tokens", "tokensKnown"),
    cost_usd: amountOf(sketch, "costNanoUsd", "costKnown", usdOf),
    duration_ms: amountOf(sketch, "durationMs", "durationKnown"),
    calls: sum("calls"),
    turns: sum("turns"),
    failures: sum("failures"),
    retries: sum("retries"),
    denied: sum("denied"),
    pending: sum("pending"),
    loops: sum("loops"),
    loop_steps: sum("loopSteps"),
    in_loops: {
      tokens: sum("loopTokens"),
      ms: sum("loopMs"),
      cost_usd: usdOf(sum("loopCostNanoUsd")),
    },
    after_alert: {
      steps: sum("afterAlertSteps"),
      tokens: sum("afterAlertTokens"),
      ms: sum("afterAlertMs"),
      cost_usd: usdOf(sum("afterAlertCostNanoUsd")),
    },
    operations: operationsOf(sketch),
    transitions: transitionsOf(sketch),
  };
}

function amountOf(
  sketch: DaySketch,
  amount: SketchAmount,
  known: SketchSum,
  toUnit: (value: number) => number = (value) => value,
): Figures["steps"] {
  const quantile = (share: number) => {
    const value = sketch.quantile(amount, share);
    return value === undefined ? null : toUnit(value);
  };
  const total = toUnit(sketch.sum(amount));
  return { known: sketch.sum(known), total, p50: quantile(0.5), p95: quantile(0.95) };
}

function operationsOf({ operations }: DaySketch): Figures["operations"] {
  const made = OPERATIONS.map((name, at) => [name, operations[at] ?? 0] as const);
  return Object.fromEntries(made.filter(([, calls]) => calls > 0));
}

function transitionsOf({ transitions }: DaySketch): Figures["transitions"] {
  if (transitions === undefined) return null;
  return transitions.flatMap((count, place) => {
    const from = OPERATIONS[Math.floor(place / OPERATIONS.length)];
    const to = OPERATIONS[place % OPERATIONS.length];
    return count === 0 || from === undefined || to === undefined ? [] : [{ from, to, count }];
  });
}
