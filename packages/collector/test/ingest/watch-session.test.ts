import { expect, test } from "vitest";
import { watchSession } from "../../src/ingest/firing/watch-session.ts";
import type { Ledger } from "../../src/ingest/ledger.ts";
import type { SessionState } from "../../src/ingest/session-state.ts";
import type { AlertRule, SessionAlerts } from "../../src/rows/alert-rows.ts";

const RULE: AlertRule = {
  id: "rule",
  condition: "tier=T4",
  actionType: "webhook",
  destination: "",
  cooldownMs: 0,
  dwellSteps: 3,
  secretVersion: 1,
  secretRotatedMs: undefined,
  createdMs: 0,
};

/** What a rule with a dwell of 3 remembers after each of these records, and how often it fired. */
function watched(...records: readonly (readonly [step: number, tier: "T4" | "T5"])[]) {
  let fired = 0;
  const row: { alerts?: SessionAlerts } = {};
  const held = records.map(([step, tier], at) => {
    const publicClass = tier === "T5" ? "hard_alert" : "none";
    const standing = { step, uds: 0.2, tier, regime: "GRIND", publicClass };
    const session = {
      row: Object.assign(row, {
        tenant: 1,
        key: 1,
        totals: { costNanoUsd: 0 },
        facts: {},
        origins: {},
      }),
      standing,
      summary: { loops: [] },
    };
    const ledger = { alertRules: () => [RULE], addAlert: () => fired++ };
    const record = { category: "reasoning", runId: "r", payload: { kind: "message" } };
    // Of both and of the record, the watch of such a rule asks for no more than this.
    watchSession(
      ledger as unknown as Ledger,
      session as unknown as SessionState,
      { record, leaf: String(at), receivedMs: at } as unknown as Parameters<typeof watchSession>[2],
    );
    return row.alerts?.rules[RULE.id]?.held ?? 0;
  });
  return { held, fired };
}

test("a hard alert within a step, in another tier than the rule asks for, begins its dwell anew", () => {
  const fires = [
    [1, "T4"],
    [2, "T4"],
    [3, "T4"],
    [4, "T5"],
  ] as const;
  // A rule that fired is remembered, also when nothing is held any more.
  const again = [
    [5, "T4"],
    [6, "T4"],
    [6, "T5"],
    [7, "T4"],
  ] as const;
  expect(watched(...fires, ...again)).toEqual({ held: [1, 2, 3, 0, 1, 2, 0, 1], fired: 1 });
  expect(watched(...fires, ...again, [8, "T4"], [9, "T4"]).fired).toBe(2);
});

test("a record that is no step moves no dwell", () => {
  expect(watched([1, "T4"], [1, "T4"], [1, "T4"])).toEqual({ held: [1, 1, 1], fired: 0 });
});
