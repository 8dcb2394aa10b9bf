import { isIdentifier } from "../capture/identifier.ts";
import type { Envelope, OpenPayload, PayloadDraft, Unplaced } from "../capture/record.ts";
import { EvidenceError } from "./error.ts";
import { encodeLineAt, type UnplacedRecord } from "./line/line.ts";
import { MAX_LINE_BYTES, NO_PREVIOUS_HASH } from "./rules/chain.ts";
import { CompactRange, type CompactRangeState } from "./tree/compact-range.ts";
import { hashLeaf } from "./tree/leaf.ts";

/** A UTF-16 unit takes at most three bytes in UTF-8. */
const SURELY_SHORT = Math.floor(MAX_LINE_BYTES / 3);

const RUN_ID = /^[0-9a-f]{32}$/;

type Chained = "schemaVersion" | "agentId" | "sessionId" | "runId" | "previousHash";

/** What is the same in every record of a run. */
export interface RunIdentity
  extends Pick<Envelope, "agentId" | "sessionId" | "runId">,
    Omit<Partial<Envelope>, Chained | "eventId" | "sourceTimestamp"> {}

type Constants = Omit<Envelope, "eventId" | "sourceTimestamp" | "previousHash">;

/** When a record was made and under which id. */
export type Stamp = Pick<Envelope, "eventId" | "sourceTimestamp">;

/** A record without what the run gives it: identity, place and link. */
export type Draft = PayloadDraft & Stamp & Omit<Partial<Envelope>, Chained>;

/** What an `open` record says about its writer. */
export type OpenFacts = Omit<Unplaced<OpenPayload>, "type">;

/** A record in its place. */
export interface Appended {
  /** Canonical text without newline: what is hashed, stored and sent. */
  readonly line: string;
  readonly leaf: string;
  readonly seq: number;
}

/** Everything needed to go on with a run after a restart or on another node. */
export interface RunState {
  /** The seq of the next record. */
  readonly seq: number;
  /** Leaf of the last record. */
  readonly head: string;
  readonly tree: CompactRangeState;
}

/**
 * Gives every record its place in one run: seq, link, line, leaf and tree, in one synchronous step.
 *
 * Nothing can come between reading the head and replacing it, so a run never forks itself.
 */
export class RunWriter {
  readonly identity: RunIdentity;
  readonly #constants: Constants;
  readonly #tree: CompactRange;
  #seq: number;
  #head: string;

  /**
   * @param state where an earlier writer of the same run stopped
   * @throws {EvidenceError} when an id does not fit the schema
   */
  constructor(identity: RunIdentity, state?: RunState) {
    checkIdentity(identity);
    this.identity = identity;
    this.#constants = { schemaVersion: "1.0", ...identity };
    this.#seq = state?.seq ?? 0;
    this.#head = state?.head ?? NO_PREVIOUS_HASH;
    this.#tree = state ? CompactRange.restore(state.tree) : new CompactRange();
  }

  /** Leaf of the last record; 64 zeros before the first. */
  get head(): string {
    return this.#head;
  }

  /** How many records the run holds, which is also the seq of the next one. */
  get size(): number {
    return this.#seq;
  }

  /** RFC 6962 root over the records of this run; computed when asked for. */
  get root(): string {
    return this.#tree.root;
  }

  get state(): RunState {
    return { seq: this.#seq, head: this.#head, tree: this.#tree.state };
  }

  /** Writes the `open` record, which is the first one of every run. */
  open(facts: OpenFacts, stamp: Stamp): Appended {
    if (this.#seq !== 0) {
      throw new EvidenceError("invalid_state", "a run opens once: start a new run");
    }
    return this.#append({ ...stamp, category: "lifecycle", payload: { ...facts, type: "open" } });
  }

  /**
   * @throws {EvidenceError} when the run is not open, a string is not well formed, or the line is
   *   longer than 16 KiB; the run stays as it was
   */
  append(draft: Draft): Appended {
    if (this.#seq === 0) {
      throw new EvidenceError("run_not_open", "the first record of a run is its open record");
    }
    return this.#append(draft);
  }

  /** Writes the `close` record. @param dropped events that were assessed but not recorded */
  close(dropped: number, stamp: Stamp): Appended {
    const payload = { type: "close", events: this.#seq, dropped } as const;
    return this.append({ ...stamp, category: "lifecycle", payload });
  }

  #append(draft: Draft): Appended {
    const seq = this.#seq;
    const line = encodeLineAt(chained(this.#constants, draft, this.#head), seq);
    if (line.length > SURELY_SHORT && Buffer.byteLength(line) > MAX_LINE_BYTES) {
      throw new EvidenceError("line_too_long", "a record is at most 16 KiB: shorten its labels");
    }
    const leaf = hashLeaf(line);
    this.#tree.append(leaf);
    this.#head = leaf;
    this.#seq = seq + 1;
    return { line, leaf, seq };
  }
}

/**
 * The id of a new run: 32 hex. Ids that begin with `c` are left to collectors.
 *
 * @param random 16 random bytes
 */
export function runIdOf(random: Uint8Array): string {
  const hex = Buffer.from(random).toString("hex");
  return hex.startsWith("c") ? `d${hex.slice(1)}` : hex;
}

/**
 * The record with what its run gives it.
 *
 * Every field is named, because spreading three objects into one takes as long as writing the line.
 */
function chained(constants: Constants, draft: Draft, previousHash: string): UnplacedRecord {
  const record = {
    schemaVersion: constants.schemaVersion,
    agentId: constants.agentId,
    sessionId: constants.sessionId,
    runId: constants.runId,
    eventId: draft.eventId,
    sourceTimestamp: draft.sourceTimestamp,
    previousHash,
    category: draft.category,
    payload: draft.payload,
    traceId: draft.traceId ?? constants.traceId,
    correlationId: draft.correlationId ?? constants.correlationId,
    parentEventId: draft.parentEventId ?? constants.parentEventId,
    causationEventId: draft.causationEventId ?? constants.causationEventId,
    agentVersion: draft.agentVersion ?? constants.agentVersion,
    toolType: draft.toolType ?? constants.toolType,
    targetSystem: draft.targetSystem ?? constants.targetSystem,
    operation: draft.operation ?? constants.operation,
    initiatorType: draft.initiatorType ?? constants.initiatorType,
    initiatorId: draft.initiatorId ?? constants.initiatorId,
    sourceFramework: draft.sourceFramework ?? constants.sourceFramework,
    actorType: draft.actorType ?? constants.actorType,
    actorId: draft.actorId ?? constants.actorId,
  } satisfies { [Field in keyof Envelope]-?: Envelope[Field] | undefined } & Pick<
    Draft,
    "category" | "payload"
  >;
  // A draft holds a category and the payload of that category, and undefined is as good as absent.
  return record as UnplacedRecord;
}

function checkIdentity(identity: RunIdentity): void {
  for (const name of ["agentId", "sessionId"] as const) {
    if (!isIdentifier(identity[name])) {
      const message = `${name} must be 1 to 255 characters of text without control characters`;
      throw new EvidenceError("invalid_id", message);
    }
  }
  if (!RUN_ID.test(identity.runId)) {
    throw new EvidenceError("invalid_id", "runId must be 32 lower-case hex characters");
  }
}
