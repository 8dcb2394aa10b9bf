import { timestampAt } from "@caum/core/collector";
import { openDoorRun, writeDoorRecord } from "./door-run.ts";
import type { EndIntake, HeadOutcome, Intake, Outcome, Refusal, StartIntake } from "./intake.ts";
import type { Ledger } from "./ledger.ts";
import type { SessionState } from "./session-state.ts";
import { takeEvent } from "./take-event.ts";
import { takeRecords } from "./take-records.ts";

/** The one way into the store: every door's intake is taken here, inside the group's transaction. */
export function take(intake: Intake, ledger: Ledger): Outcome {
  switch (intake.kind) {
    case "event":
      return takeEvent(intake, ledger);
    case "records":
      return takeRecords(intake, ledger);
    case "start":
      return takeStart(intake, ledger);
    case "end":
      return takeEnd(intake, ledger);
  }
}

function takeStart(intake: StartIntake, ledger: Ledger): HeadOutcome {
  const { tenant, sessionId, facts, keys, token, receivedMs } = intake;
  const session = ledger.createSession(tenant, sessionId, facts, {
    receivedMs,
    startedMs: receivedMs,
  });
  openDoorRun(ledger, session, keys, receivedMs);
  ledger.addToken({ ...token, tenant, sessionId });
  return headOf(session);
}

function headOf(session: SessionState): HeadOutcome {
  const { head, summary, workYield } = session;
  return { kind: "head", head, summary, workYield };
}

/** Ending what has ended changes nothing. */
function takeEnd(intake: EndIntake, ledger: Ledger): HeadOutcome | Refusal {
  const { tenant, sessionId, resolved, receivedMs } = intake;
  const session = ledger.session(tenant, sessionId);
  if (session === undefined) return { kind: "refused", code: "NOT_FOUND" };
  if (session === "gone") return { kind: "refused", code: "GONE" };
  session.learnLabels(intake.labels ?? {});
  const isNews = resolved !== undefined && resolved !== session.row.resolved;
  if (!session.row.ended || isNews) {
    const told = resolved === undefined ? {} : ({ resolved: resolved ? "true" : "false" } as const);
    const payload = { type: "end", ...told } as const;
    const sourceTimestamp = timestampAt(receivedMs);
    writeDoorRecord(ledger, session, { category: "lifecycle", payload, sourceTimestamp }, intake);
  }
  return headOf(session);
}
