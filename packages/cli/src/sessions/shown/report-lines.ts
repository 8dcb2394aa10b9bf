/** One session for people: what it is, how it stands, what loops it had, and where it turned. */

import { counted } from "../../terminal/counted.ts";
import { printable } from "../../terminal/printable.ts";
import type { ShownPayload } from "../source/live-step.ts";
import type { SessionReport, SessionSummary } from "../source/session-source.ts";
import { localTime } from "./session-table.ts";

type Steps = SessionReport["steps"];

/** @param proof the command that takes the evidence along */
export function reportLines(
  { session, merkle_root: root, tree_size: size, steps }: SessionReport,
  proof: string,
): readonly string[] {
  const { session_id: id, title, regime, tier, uds, ended } = session;
  return [
    `session  ${printable(title)}${ended ? "  (ended)" : ""}`,
    `id       ${printable(id)}`,
    `time     ${localTime(session.first_seen)} to ${localTime(session.last_seen)}`,
    `now      ${regime}  ${tier}  uds ${uds.toFixed(2)}${session.live_alert ? "  LOOPS NOW" : ""}`,
    `loops    ${loopsOf(session)}`,
    `work     ${counted(session.steps, "step")}, ${spentOf(session, steps)}`,
    `proof    root ${root} over ${size} records`,
    "",
    "where it turned:",
    ...turns(steps).map((line) => `  ${line}`),
    "",
    "take it with you, or verify it:",
    ...proof.split("\n").map((line) => `  ${line}`),
  ];
}

/** A sum of 0 is one only where some record says so. */
function spentOf({ total_tokens: tokens, total_cost_usd: cost }: SessionSummary, steps: Steps) {
  const saysAny = (...names: readonly (keyof ShownPayload)[]) =>
    steps.some(({ record }) => names.some((name) => record?.payload?.[name] !== undefined));
  const knowsTokens = tokens > 0 || saysAny("inputTokens", "outputTokens", "totalTokens");
  const knowsCost = cost > 0 || saysAny("costNanoUsd");
  const words = [
    knowsTokens ? `${tokens} tokens` : "tokens not known",
    knowsCost ? `${cost.toFixed(4)} USD` : "cost not known",
  ];
  return words.join(", ");
}

function loopsOf(session: SessionSummary): string {
  const { loop_count: count, loop_steps: steps, loop_cost_usd: cost } = session;
  if (count === 0) return `none (worst tier ${session.worst_tier})`;
  const price = cost > 0 ? `, about $${cost.toFixed(2)}` : "";
  const what = `${count} ${count === 1 ? "loop" : "loops"} over ${steps} steps${price}`;
  const { acknowledged_at: at, acknowledged_by: by } = session;
  const who = at === null ? "" : `, acknowledged by ${printable(by ?? "?")} at ${localTime(at)}`;
  const todo = session.marked ? ", not acknowledged" : "";
  return `${what}, worst tier ${session.worst_tier}${who}${todo}`;
}

/** The steps at which the regime or the class changed; an alert says what it is in a sentence. */
function turns(steps: Steps): readonly string[] {
  let before = "";
  return steps.flatMap(({ assessment, record }) => {
    if (!assessment) return [];
    const { step, regime, tier, public_class: publicClass, reasons, message } = assessment;
    // Before the first step there is nothing that could turn.
    if (step === 0) return [];
    const now = `${regime} ${publicClass}`;
    if (now === before) return [];
    before = now;
    const call = [record?.payload?.toolName, record?.payload?.status].filter(Boolean).join(" ");
    const why = publicClass === "none" ? "" : `  ${message ?? `for review: ${reasons.join(" ")}`}`;
    const place = `step ${String(step).padStart(4)}  ${tier}  ${regime.padEnd(12)}`;
    return [`${place}  ${printable(`${call}${why}`)}`];
  });
}
