/** What is remembered of sessions and their workflows, as the store hands it out. */
import type { RememberedSession, SessionProfile } from "@caum/workflows";
import type { NewAlert } from "./alert-rows.ts";

/** A profile with the key of its session's row. */
export interface KeyedProfile {
  readonly key: number;
  readonly profile: SessionProfile;
}

/** Where a list of profiles goes on: behind the last one of the page before. */
export interface ProfileCursor {
  readonly startedMs: number;
  readonly key: number;
}

export interface ProfileFilter {
  readonly limit: number;
  readonly after?: ProfileCursor | undefined;
  readonly workflow?: string | undefined;
  readonly cohort?: string | undefined;
  readonly agent?: string | undefined;
  /** Those that began at or after this moment, and before that one, by the sender's clock. */
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
  /** Only those that the memory has counted. */
  readonly isFolded?: boolean | undefined;
}

/** What sessions are remembered under. */
export const MEMORY_KINDS = ["workflow", "agent", "client", "server"] as const;
export type MemoryKind = (typeof MEMORY_KINDS)[number];

/** One name of one kind. */
export interface MemoryName {
  readonly kind: MemoryKind;
  readonly name: string;
}

/** What the sessions of one name that began on one day did. */
export interface MemoryDay extends MemoryName {
  /** Days since 1970, in UTC. */
  readonly day: number;
  readonly sessions: number;
  /** Sessions with a loop. */
  readonly looped: number;
  /** Bytes of a `DaySketch`, as hexadecimal digits. */
  readonly sketch: string;
}

/** What is known of one name over all days. */
export interface MemoryCard extends MemoryName {
  readonly sessions: number;
  /** When the first of its sessions began, and when something happened in the last one. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** The baseline that a person chose, as JSON; absent where nobody did. */
  readonly choice?: string;
  /** What drift is told from, as hexadecimal digits; absent where nothing is, empty where it is to be learned anew. */
  readonly state?: string;
  /** What is said of it, as JSON; absent where nothing is. */
  readonly card?: string;
}

/** What was added to the sums for one session, so that it can be taken out again. */
export interface FoldedSession {
  /** Of the session's row. */
  readonly key: number;
  /** Records that it had then. */
  readonly size: number;
  readonly day: number;
  readonly names: readonly MemoryName[];
  /** What it added, as hexadecimal digits. */
  readonly sketch: string;
}

/** A session that is to be folded, with what was folded of it before. */
export interface FoldCandidate {
  /** Of the session's row. */
  readonly key: number;
  readonly profile: RememberedSession;
  readonly size: number;
  readonly lastMs: number;
  readonly before: Omit<FoldedSession, "key" | "size"> | undefined;
}

/** How far the memory of a tenant has come. */
export interface MemoryState {
  /** Only accounts have one. */
  readonly isAccount: boolean;
  /** How often something was saved. */
  readonly round: number;
  /** Sessions that are over were looked at up to here, and all sessions up to there. */
  readonly overMs: number;
  readonly idleMs: number;
}

export interface CandidateFilter {
  /** Only sessions that are over. */
  readonly isOver: boolean;
  readonly fromMs: number;
  /** Of those from exactly then, only the ones behind this key. */
  readonly afterKey: number;
  readonly toMs: number;
  readonly limit: number;
}

/** Sessions of one name over some days. */
export interface RecentSessions {
  readonly sessions: number;
  readonly looped: number;
}

export interface MemoryReader {
  /** Newest first, by when they began; sessions whose structure is not known are left out. */
  profiles(tenant: number, filter: ProfileFilter): Promise<readonly KeyedProfile[]>;
  /** Undefined where there is no such tenant. */
  state(tenant: number): Promise<MemoryState | undefined>;
  /** Sessions that are not folded as they are now, in the order in which something arrived last. */
  candidates(tenant: number, filter: CandidateFilter): Promise<readonly FoldCandidate[]>;
  /** Those of the days that are there. */
  daysAt(
    tenant: number,
    places: readonly Pick<MemoryDay, "kind" | "name" | "day">[],
  ): Promise<readonly MemoryDay[]>;
  /** Those of the cards that are there. */
  cardsAt(tenant: number, names: readonly MemoryName[]): Promise<readonly MemoryCard[]>;
  /** Workflows of which what drift is told from is to be learned anew: a session of them was deleted. */
  unlearned(tenant: number, limit: number): Promise<readonly string[]>;
  /** By name, from behind the given one, without their states. */
  cards(
    tenant: number,
    kind: MemoryKind,
    page: { readonly after: string; readonly limit: number },
  ): Promise<readonly MemoryCard[]>;
  /** By name, since the beginning of a day. */
  recent(
    tenant: number,
    kind: MemoryKind,
    sinceDay: number,
  ): Promise<ReadonlyMap<string, RecentSessions>>;
  /** Oldest first, from one day to another, both with. */
  days(
    tenant: number,
    of: MemoryName,
    range: { readonly fromDay: number; readonly toDay: number },
  ): Promise<readonly MemoryDay[]>;
}

/**
 * Plain data: it crosses threads. Rows are JSON, as `memory-columns.ts` writes them, because to copy many
 * small objects takes longer than all else that is done with them.
 */
export type MemoryCommand =
  | {
      /** All of it or nothing; refused with CONFLICT when another node saved since the round was read. */
      readonly kind: "save_memory";
      readonly tenant: number;
      readonly round: number;
      readonly overMs: number;
      readonly idleMs: number;
      /** Of `MemoryDay`, `MemoryCard` and `FoldedSession`. */
      readonly days: string;
      readonly cards: string;
      readonly folded: string;
      /** Under which no session is any more: they go. */
      readonly empty: {
        readonly days: readonly Pick<MemoryDay, "kind" | "name" | "day">[];
        readonly cards: readonly MemoryName[];
      };
      /** Of rules about workflows, which fire with what is saved. */
      readonly alerts: readonly NewAlert[];
    }
  | {
      /** Deletes days before that one which no session stands behind; a bounded step. */
      readonly kind: "expire_memory";
      readonly tenant: number;
      readonly beforeDay: number;
    };
