import { Health } from "@caum/core/health";
import { writeDoorRecord } from "./door-run.ts";
import { firedBefore } from "./firing/watch-session.ts";
import type { EventIntake, EventOutcome, Refusal } from "./intake.ts";
import type { KnownEvent, Ledger } from "./ledger.ts";
import { sentMs } from "./session-row.ts";
import type { SessionState } from "./session-state.ts";
import { standingOf } from "./standing.ts";

/** Takes one event of a simple or foreign door. */
export function takeEvent(intake: EventIntake, ledger: Ledger): EventOutcome | Refusal {
  const { tenant, claim, receivedMs } = intake;
  const known = claim && ledger.findEvent(tenant, claim.eventId);
  if (claim && known) return repeated(ledger, tenant, known, claim.body, intake.asksRoot);
  const found = ledger.session(tenant, intake.sessionId);
  if (found === "gone") return { kind: "refused", code: "GONE" };
  const session =
    found ??
    ledger.createSession(tenant, intake.sessionId, intake.facts, {
      receivedMs,
      startedMs: sentMs(intake.draft.sourceTimestamp, receivedMs),
    });
  if (found) session.learnFacts(intake.facts);
  const how = placeOf(intake, session, ledger);
  if (typeof how !== "string") return how;
  const placed = writeDoorRecord(
    ledger,
    session,
    { ...intake.draft, ...(claim && { eventId: claim.eventId }) },
    intake,
  );
  for (const trace of intake.traces ?? []) ledger.nameTrace(session, trace);
  const { index } = placed;
  if (claim) {
    const event = { session: session.row.key, index, body: claim.body };
    ledger.nameEvent(tenant, claim.eventId, event);
  }
  const { step } = intake;
  if (step) ledger.nameStep(session, step.number, { index, body: step.body });
  return {
    kind: "event",
    how,
    sessionId: session.row.id,
    ...placed,
    root: intake.asksRoot ? session.row.tree.root : undefined,
    receivedMs,
    conflict: how === "other_body",
  };
}

/** Whether the event belongs to the open segment, begins a new one, or was there before. */
function placeOf(
  intake: EventIntake,
  session: SessionState,
  ledger: Ledger,
): EventOutcome["how"] | EventOutcome {
  // What telemetry tells late is of the work that is over: its senders never start over.
  if (session.row.ended && intake.layer !== "telemetry") {
    session.beginSegment();
    return "new_segment";
  }
  const { step } = intake;
  if (step === undefined) return "appended";
  const known = ledger.findSteps(session, step.number);
  const same = known.find(({ body }) => body === step.body);
  if (same) {
    const event = { session: session.row.key, ...same };
    return repeated(ledger, intake.tenant, event, step.body, intake.asksRoot);
  }
  if (known.length === 0) return "appended";
  if (step.number > 1) return "other_body";
  session.beginSegment();
  return "new_segment";
}

/** What a record that is no step, or was deleted, says about health: nothing. */
const UNJUDGED = standingOf(new Health().current());

/** The answer that the first of equal events got. */
function repeated(
  ledger: Ledger,
  tenant: number,
  known: KnownEvent,
  body: string,
  asksRoot: boolean,
): EventOutcome {
  const record = ledger.recordAt(known.session, known.index);
  const sessionId = ledger.sessionId(known.session);
  if (record === undefined || sessionId === undefined) {
    throw new Error("a known event has no record");
  }
  const before = known.index === 0 ? undefined : ledger.recordAt(known.session, known.index - 1);
  return {
    kind: "event",
    how: "repeated",
    sessionId,
    index: known.index,
    leaf: record.leaf,
    previousHash: previousHashOf(record.line) ?? before?.leaf ?? "0".repeat(64),
    root: asksRoot ? ledger.rootAt(known.session, known.index + 1) : undefined,
    standing: record.standing ?? UNJUDGED,
    receivedMs: record.receivedMs,
    conflict: known.body !== undefined && known.body !== body,
    rulesFired: firedBefore(ledger, tenant, record.leaf),
  };
}

function previousHashOf(line: string): string | undefined {
  return /"previousHash":"([0-9a-f]{64})","runId"/.exec(line)?.[1];
}
