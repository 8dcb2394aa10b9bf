import { accept, type Fork, NEW_RUN } from "@caum/core/collector";
import { hashLeaf, type StructuralRecord } from "@caum/core/verify";
import { NO_PREVIOUS_HASH } from "@caum/core/verify/rules";
import { watchSession } from "./firing/watch-session.ts";
import type { LineResult, RecordsIntake, RecordsOutcome, Refusal } from "./intake.ts";
import type { Ledger, NativeRun } from "./ledger.ts";
import { sentMs } from "./session-row.ts";
import type { SessionState } from "./session-state.ts";
import type { Standing } from "./standing.ts";

/** A line with what was read from it. */
interface Arrival {
  readonly text: string;
  readonly record: StructuralRecord;
  readonly leaf: string;
  readonly receivedMs: number;
}

/**
 * Takes native lines of one run: each is stored as it is, answered as a duplicate, refused because
 * something before it is missing, or set aside because it contradicts what was accepted.
 */
export function takeRecords(intake: RecordsIntake, ledger: Ledger): RecordsOutcome | Refusal {
  const { tenant, sessionId, runId, receivedMs, lines } = intake;
  const found = ledger.session(tenant, sessionId);
  if (found === "gone") return { kind: "refused", code: "GONE" };
  const session = found ?? beginSession(intake, ledger);
  const writer = new NativeRunWriter(ledger, session, runId);
  const standings: (Standing | null)[] = [];
  const results: LineResult[] = [];
  // Read one by one, so that a record lives no longer than somebody needs it.
  for (const [at, text] of lines.entries()) {
    const record = recordOf(text);
    const leaf = intake.leaves?.[at] ?? hashLeaf(text);
    const result = writer.take({ text, record, leaf, receivedMs });
    if (intake.asksStandings) standings.push(result ? null : session.standing);
    if (result) results.push({ line: at + 1, seq: record.payload.seq, ...result });
  }
  ledger.saveRun(session, writer.run);
  return {
    kind: "records",
    accepted: lines.length - results.length,
    results,
    nextSeq: writer.run.next,
    runHead: writer.run.head ?? NO_PREVIOUS_HASH,
    head: session.head,
    rulesFired: writer.rulesFired,
    ...(intake.asksStandings && { standings }),
  };
}

function beginSession(intake: RecordsIntake, ledger: Ledger): SessionState {
  const { tenant, sessionId, receivedMs, lines } = intake;
  const first = lines[0] === undefined ? undefined : recordOf(lines[0]);
  const startedMs = first ? sentMs(first.sourceTimestamp, receivedMs) : receivedMs;
  const facts = { agentId: first?.agentId ?? "default" };
  return ledger.createSession(tenant, sessionId, facts, { receivedMs, startedMs });
}

/** The door has checked that the line is its own canonical form and fits the schema. */
function recordOf(text: string): StructuralRecord {
  return JSON.parse(text);
}

type Result = Pick<LineResult, "status" | "expected">;

class NativeRunWriter {
  readonly #ledger: Ledger;
  readonly #session: SessionState;
  run: NativeRun;
  readonly rulesFired: string[] = [];

  constructor(ledger: Ledger, session: SessionState, runId: string) {
    this.#ledger = ledger;
    this.#session = session;
    this.run = ledger.run(session, runId) ?? {
      runId,
      ...NEW_RUN,
      forked: false,
      deletedBefore: 0,
    };
  }

  /** @returns undefined when the line was accepted */
  take(arrival: Arrival): Result | undefined {
    const { record, leaf } = arrival;
    if (record.payload.seq < this.run.deletedBefore) return { status: "duplicate" };
    const known = this.#leafOfEvent(record.eventId);
    const accepted = accept(this.run, record, leaf, {
      leafAt: () => known,
      leafOfEvent: () => known,
    });
    switch (accepted.outcome) {
      case "appended":
        this.#append(arrival);
        this.run = { ...this.run, forked: false, ...accepted.cursor };
        return undefined;
      case "acknowledged":
        return { status: "duplicate" };
      case "fork":
        return this.#setAside(arrival, accepted.reason);
      case "gap":
        // What follows a record that was set aside links to that one, and is no gap.
        if (this.run.forked) return this.#setAside(arrival, "link");
        return { status: "gap", expected: accepted.expected };
    }
  }

  /** Equal leaves are equal records, so the record of an event id tells what stands at a seq. */
  #leafOfEvent(eventId: string): string | undefined {
    const known = this.#ledger.findEvent(this.#session.row.tenant, eventId);
    return known && this.#ledger.recordAt(known.session, known.index)?.leaf;
  }

  #setAside({ record, leaf, receivedMs }: Arrival, reason: Fork["reason"]): Result {
    const { seq } = record.payload;
    if (seq >= this.run.next) this.run = { ...this.run, forked: true };
    const fork: Fork = { run: this.run.runId, seq, leaf, reason };
    this.#ledger.addFork(this.#session, fork, receivedMs);
    return { status: "fork" };
  }

  #append({ text: line, record, leaf, receivedMs }: Arrival): void {
    const { tenant, key: session } = this.#session.row;
    const index = this.#session.size;
    const step = this.#session.standing.step;
    const standing = this.#session.take(record, leaf, receivedMs);
    const judged = standing.step > step ? standing : undefined;
    this.#ledger.addRecord(this.#session, { leaf, line, receivedMs, standing: judged });
    this.#ledger.nameEvent(tenant, record.eventId, { session, index });
    const fired = watchSession(this.#ledger, this.#session, { record, leaf, receivedMs });
    this.rulesFired.push(...fired);
  }
}
