/** Tells OpenTelemetry what the doors bring, once it is on the disk. */
import { createHash } from "node:crypto";
import type { EmittedSession, Emitter, Layer } from "@caum/core";
import { type PayloadDraft, RecentMap } from "@caum/core/adapter";
import { emittedStanding } from "@caum/core/collector";
import type { StructuralRecord } from "@caum/core/verify";
import type {
  EventIntake,
  Intake,
  KeptSessionFacts,
  Outcome,
  RecordsIntake,
} from "../ingest/intake.ts";
import type { Standing } from "../ingest/standing.ts";
import type { Store } from "../store/store.ts";
import { withSubmit } from "../store/with-submit.ts";

export interface EmittedPlaces {
  readonly emitter: Emitter;
  /** Names this collector: sessions of two that are called alike are two traces. */
  readonly collector: string;
  readonly pageOf: (sessionId: string) => string;
}

/** The store as doors see it: what it takes is emitted as well. */
export function emittedStore(store: Store, places: EmittedPlaces): Store {
  const sessions = new EmittedSessions(places);
  return withSubmit(store, async (intake) => {
    const isNative = intake.kind === "records";
    const outcome = await store.submit(isNative ? { ...intake, asksStandings: true } : intake);
    try {
      sessions.taken(intake, outcome);
    } catch {
      // It is on the disk, and answered as such, whatever becomes of its emission.
    }
    return outcome;
  });
}

/** What is remembered of a session between its records. */
interface Remembered {
  readonly agentName?: string | undefined;
  /** Layers of the runs that other writers have open. */
  readonly runs: ReadonlyMap<string, Layer>;
}

/** Sessions that are remembered; of others neither the layer nor the last run is known. */
const MAX_REMEMBERED = 10_000;
const ID_LENGTH = 32;
const NOTHING: Remembered = { runs: new Map() };

/** How a record came, and what it led to. */
interface Arrival {
  readonly receivedMs: number;
  readonly standing: Standing;
  readonly parent?: EventIntake["parent"] | undefined;
}

class EmittedSessions {
  readonly #places: EmittedPlaces;
  readonly #remembered = new RecentMap<string, Remembered>(MAX_REMEMBERED);

  constructor(places: EmittedPlaces) {
    this.#places = places;
  }

  taken(intake: Intake, outcome: Outcome): void {
    if (intake.kind === "event" && outcome.kind === "event") {
      if (outcome.how !== "repeated") this.#event(intake, outcome.standing);
    } else if (intake.kind === "records" && outcome.kind === "records") {
      this.#records(intake, outcome.standings ?? []);
    } else if (intake.kind === "end" && outcome.kind === "head") {
      this.#end(this.#sessionOf(intake, {}), intake.receivedMs);
    }
  }

  #event(intake: EventIntake, standing: Standing): void {
    const { draft, facts, layer, parent, receivedMs } = intake;
    const session = { ...this.#sessionOf(intake, facts), layer };
    if (draft.category === "lifecycle") this.#end(session, receivedMs);
    else this.#emit(session, draft, draft.sourceTimestamp, { receivedMs, standing, parent });
  }

  /** @param standings after each line; none where it was not accepted */
  #records(intake: RecordsIntake, standings: readonly (Standing | null)[]): void {
    for (const [at, standing] of standings.entries()) {
      if (standing === null) continue;
      // The door has checked that each line is a record.
      const record = JSON.parse(intake.lines[at] ?? "") as StructuralRecord;
      if (record.category === "lifecycle") this.#lifecycle(intake, record);
      else this.#record(intake, record, standing);
    }
  }

  #record(intake: RecordsIntake, record: StructuralRecord, standing: Standing): void {
    const { runId, agentId, sourceTimestamp } = record;
    const session = this.#sessionOf(intake, { agentId }, runId);
    // What a history tells happened long ago.
    if (session.layer === "import") return;
    const { receivedMs } = intake;
    this.#emit(session, record, sourceTimestamp, { receivedMs, standing });
  }

  /** A session is over when it is told so, or when the last of its runs is closed. */
  #lifecycle(intake: RecordsIntake, record: StructuralRecord): void {
    if (record.category !== "lifecycle") return;
    const { payload, runId, agentId, sourceTimestamp } = record;
    const session = this.#sessionOf(intake, { agentId }, runId);
    const { agentName, runs } = this.#remembered.get(session.traceId) ?? NOTHING;
    const open = new Map(runs);
    if (payload.type === "open") open.set(runId, payload.layer);
    if (payload.type === "close") open.delete(runId);
    const named = payload.type === "open" ? payload.agentName : undefined;
    this.#remembered.set(session.traceId, { agentName: agentName ?? named, runs: open });
    const isOver = payload.type === "end" || (payload.type === "close" && open.size === 0);
    if (isOver) this.#end(session, Date.parse(sourceTimestamp));
  }

  #emit(
    session: EmittedSession,
    // A record is a draft in its place.
    { category, payload }: PayloadDraft | StructuralRecord,
    sourceTimestamp: string,
    { receivedMs, standing, parent }: Arrival,
  ): void {
    this.#places.emitter.emit({
      session,
      atMs: Date.parse(sourceTimestamp),
      // Both come from one record, whose category says what its payload is.
      record: { category, payload } as PayloadDraft,
      standing: emittedStanding(standing),
      parent,
      receivedMs,
    });
  }

  #end(session: EmittedSession, atMs: number): void {
    this.#places.emitter.emit({ session, atMs });
  }

  #sessionOf(
    { tenant, sessionId: id }: Pick<Intake, "tenant" | "sessionId">,
    { agentId = "default", agentName }: Partial<Pick<KeptSessionFacts, "agentId" | "agentName">>,
    runId = "",
  ): EmittedSession {
    const { collector, pageOf } = this.#places;
    const name = JSON.stringify([collector, tenant, id]);
    const traceId = createHash("sha256").update(name).digest("hex").slice(0, ID_LENGTH);
    const known = this.#remembered.get(traceId) ?? NOTHING;
    return {
      id,
      runId,
      traceId,
      agentId,
      agentName: agentName ?? known.agentName,
      layer: known.runs.get(runId),
      page: pageOf(id),
    };
  }
}
