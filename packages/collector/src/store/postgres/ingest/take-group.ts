/** One group: intakes of one tenant that become durable together. */
import type { Intake, Outcome } from "../../../ingest/intake.ts";
import type { SessionState } from "../../../ingest/session-state.ts";
import { take } from "../../../ingest/take.ts";
import type { Database, Transaction } from "../database.ts";
import { CommitLost } from "../sql-state.ts";
import { placeOf, questionsOf, Unasked } from "./found.ts";
import type { HotSessions } from "./hot-sessions.ts";
import { askFacts, loadFound } from "./load-found.ts";
import { lockSessions } from "./load-sessions.ts";
import { type NodeParts, PostgresLedger } from "./postgres-ledger.ts";
import { readPlaces } from "./read-records.ts";
import { writeGroup } from "./write-group.ts";

/** How often a group is taken again because it asked something unforeseen. */
const MAX_ROUNDS = 2_000;

export interface Group {
  readonly tenant: number;
  readonly intakes: readonly Intake[];
}

/** A record that is there if, and only if, an attempt was committed: its leaf occurs once. */
interface Witness {
  readonly sessionId: string;
  readonly index: number;
  readonly leaf: string;
  readonly outcomes: readonly Outcome[];
}

interface Attempt {
  readonly outcomes: readonly Outcome[];
  readonly witness: Witness | undefined;
  readonly states: readonly { readonly state: SessionState; readonly version: number }[];
}

/** Attempts of one group whose commit got no answer; the next attempt finds out which was done. */
export class OpenAttempts {
  readonly #witnesses: Witness[] = [];

  /** Whether something may be stored that nobody was told of. */
  get isAny(): boolean {
    return this.#witnesses.length > 0;
  }

  note(witness: Witness | undefined): void {
    if (witness) this.#witnesses.push(witness);
  }

  /**
   * The answers of the attempt that was committed. Called when the sessions are locked, so that no
   * earlier attempt is still under way.
   */
  async find(
    transaction: Transaction,
    tenant: number,
    locked: ReadonlyMap<string, SessionState | "gone">,
  ): Promise<readonly Outcome[] | undefined> {
    for (const { sessionId, index, leaf, outcomes } of this.#witnesses) {
      const session = locked.get(sessionId);
      if (session === undefined || session === "gone") continue;
      const place = placeOf(session.row.key, index);
      const found = await readPlaces(transaction, tenant, new Set([place]));
      if (found.get(place)?.leaf === leaf) return outcomes;
    }
    return undefined;
  }
}

export interface GroupParts extends NodeParts {
  readonly database: Database;
  readonly hot: HotSessions;
}

/** One attempt; whatever it throws, nothing of it is kept in memory. */
export async function takeGroup(
  group: Group,
  open: OpenAttempts,
  parts: GroupParts,
): Promise<readonly Outcome[]> {
  const { tenant } = group;
  let witness: Witness | undefined;
  try {
    const attempt = await parts.database.write({ tenant }, async (transaction) => {
      const made = await attemptGroup(group, open, parts, transaction);
      witness = made.witness;
      return made;
    });
    for (const { state, version } of attempt.states) {
      parts.hot.put(tenant, state.row.id, { state, version });
    }
    return attempt.outcomes;
  } catch (failure) {
    if (failure instanceof CommitLost) open.note(witness);
    throw failure;
  }
}

async function attemptGroup(
  { tenant, intakes }: Group,
  open: OpenAttempts,
  parts: GroupParts,
  transaction: Transaction,
): Promise<Attempt> {
  const questions = questionsOf(intakes);
  for (let round = 0; ; round++) {
    // Both are asked before either is answered; the facts are read when the locks are held.
    const [{ sessions, versions }, facts] = await Promise.all([
      lockSessions(transaction, tenant, questions.sessions, parts.hot),
      askFacts(transaction, tenant, questions),
    ]);
    const before = await open.find(transaction, tenant, sessions);
    if (before) return { outcomes: before, witness: undefined, states: [] };
    const found = await loadFound(transaction, tenant, questions, { facts, sessions });
    const ledger = new PostgresLedger(questions, found, parts);
    try {
      const outcomes = intakes.map((intake) => take(intake, ledger));
      writeGroup(transaction, tenant, ledger.writes);
      return {
        outcomes,
        witness: witnessOf(ledger, outcomes),
        states: statesAfter(ledger, versions),
      };
    } catch (failure) {
      if (!(failure instanceof Unasked) || round === MAX_ROUNDS) throw failure;
      failure.ask(questions);
    }
  }
}

function statesAfter(
  { writes }: PostgresLedger,
  versions: ReadonlyMap<SessionState, number>,
): Attempt["states"] {
  return Array.from(writes.touched, (state) => ({
    state,
    version: (versions.get(state) ?? 0) + 1,
  }));
}

function witnessOf(ledger: PostgresLedger, outcomes: readonly Outcome[]): Witness | undefined {
  const [record] = ledger.writes.records;
  const session = [...ledger.writes.touched].find(({ row }) => row.key === record?.session);
  if (record === undefined || session === undefined) return undefined;
  const { index, leaf } = record.value;
  return { sessionId: session.row.id, index, leaf, outcomes };
}
