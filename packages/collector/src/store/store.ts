/** The one interface to what is kept. Every read names its tenant, so that no query can forget it. */
import type { CompactRangeState, Fork } from "@caum/core/collector";
import type { SessionStructure } from "@caum/workflows";
import type { LoopTotals, SessionFigures } from "../ingest/figures.ts";
import type { Intake, KeptSessionFacts, Outcome } from "../ingest/intake.ts";
import type { StoredRecord } from "../ingest/ledger.ts";
import type { Origins } from "../ingest/session-row.ts";
import type { Standing } from "../ingest/standing.ts";
import type { Totals } from "../ingest/totals.ts";
import type {
  AlertFilter,
  AlertRow,
  AlertRule,
  ClaimedDeliveries,
  DeliveryClaim,
  OpenRule,
} from "../rows/alert-rows.ts";
import type { BillingRow, ServiceClockRow } from "../rows/billing-rows.ts";
import type { GroupReader } from "../rows/group-rows.ts";
import type { LogReader, SignedNote } from "../rows/log-rows.ts";
import type { MemoryReader } from "../rows/memory-rows.ts";
import type { OverviewReader } from "../rows/overview-rows.ts";
import type { MemberReader } from "../rows/people/member-rows.ts";
import type { SignInRow } from "../rows/sign-in-rows.ts";
import type { KeyEntry, KeyRow, TenantRow, TokenRow } from "../rows/tenant-rows.ts";
import type { StoredTimeStamp } from "../rows/time-stamp-rows.ts";
import type { ViewReader } from "../rows/view-rows.ts";
import type { Command, CommandAnswer, CommandRefusal } from "./command.ts";

/** A session as lists and pages show it. */
export interface SessionView {
  readonly key: number;
  readonly id: string;
  readonly facts: KeptSessionFacts;
  readonly origins: Origins;
  readonly tree: CompactRangeState;
  readonly segment: number;
  readonly segmentStart: number;
  readonly ended: boolean;
  readonly resolved: boolean | undefined;
  readonly totals: Totals;
  readonly runs: number;
  readonly lastLeaf: string;
  /** When it began and when something happened in it last, by the sender's clock. */
  readonly firstMs: number;
  readonly activeMs: number;
  /** When something arrived last. Lists are in this order. */
  readonly lastMs: number;
  readonly standing: Standing;
  readonly figures: SessionFigures;
  /** Of all attempts. */
  readonly loops: LoopTotals;
  /** Of the present attempt; undefined where it was not counted from its start, or is deleted. */
  readonly structure: SessionStructure | undefined;
  /** Who has looked at its loops, and how many there were then. */
  readonly acknowledged:
    | { readonly atMs: number; readonly by: string | undefined; readonly loops: number }
    | undefined;
}

/** What is left of a deleted session. */
export interface GoneSession {
  readonly gone: true;
  readonly tree: CompactRangeState;
  readonly lastLeaf: string;
}

/** A session with records that stand one by one. */
export interface LooseSession {
  readonly tenant: number;
  /** Key of its row. */
  readonly session: number;
  /** How many; not counted beyond what fills a chunk. */
  readonly records: number;
  /** When the last of them arrived. */
  readonly lastMs: number;
}

/** Where a list goes on: behind the last entry of the page before. */
export interface SessionCursor {
  readonly lastMs: number;
  readonly key: number;
}

export interface SessionFilter {
  readonly limit: number;
  readonly after?: SessionCursor | undefined;
  /** Those with something new since then, in milliseconds since 1970. */
  readonly sinceMs?: number | undefined;
  /** Part of the id, agent or workflow; upper and lower case of ASCII letters are the same. */
  readonly search?: string | undefined;
  readonly agent?: string | undefined;
  readonly tier?: string | undefined;
  readonly regime?: string | undefined;
  readonly worstTier?: string | undefined;
  /** With a loop in some attempt, or without any. */
  readonly hadLoop?: boolean | undefined;
  /** With a loop that nobody has acknowledged, or without one. */
  readonly isMarked?: boolean | undefined;
  /** Those in which something happened since then, by the sender's clock. */
  readonly activeSinceMs?: number | undefined;
  /** Digests of ids; those that have all of them. */
  readonly traces?: readonly string[] | undefined;
}

/** By what sessions are ordered, where it is not by when something arrived last. */
export const SESSION_ORDERS = ["last", "steps", "cost", "loops", "failures"] as const;
export type SessionOrder = (typeof SESSION_ORDERS)[number];

export interface SortedFilter extends Omit<SessionFilter, "after"> {
  readonly by: SessionOrder;
  /** The least first; what is not known comes last either way. */
  readonly isAscending: boolean;
  /** So many of the newest that fit are looked at, and they are looked for among so many. */
  readonly lookedAt: number;
  readonly among: number;
}

export interface SortedSessions {
  readonly views: readonly SessionView[];
  /** Sessions that were looked at, and whether these are all that fit. */
  readonly looked: number;
  readonly isWhole: boolean;
  /** When something of any of them arrived last. */
  readonly newestMs: number;
}

export interface Usage {
  readonly sessions: number;
  readonly events: number;
  readonly steps: number;
  readonly totalTokens: number;
  readonly costNanoUsd: number;
  /** Alerts that fired. */
  readonly alerts: number;
  /** Events that writers could not record, as their `drop` records say. */
  readonly dropped: number;
}

/** Sessions of one workflow, in the order in which they began. */
export interface WorkflowFilter {
  readonly limit: number;
  readonly cohort?: string | undefined;
  /** Newest first instead, for samples of the present. */
  readonly newestFirst?: boolean | undefined;
}

/** How many sessions of a workflow have which label; undefined for those without. */
export interface CohortCount {
  readonly cohort: string | undefined;
  readonly sessions: number;
}

/** What is kept cannot be read at the moment; asking again later helps. */
export class StoreUnreachable extends Error {
  override readonly name = "StoreUnreachable";

  constructor(cause: unknown) {
    super("the database cannot be reached", { cause });
  }
}

/** Every read may throw {@link StoreUnreachable}, where the store is not in this process. */
export interface StoreReader {
  /** The log of session heads. */
  readonly log: LogReader;
  /** What is remembered of sessions and their workflows. */
  readonly memory: MemoryReader;
  /** Sums over sessions by day and name. */
  readonly overview: OverviewReader;
  /** Loops of the same structure, and what people keep of the page. */
  readonly groups: GroupReader & ViewReader;
  /** People who sign in without a key. */
  readonly members: MemberReader;
  key(hash: string): Promise<KeyRow | undefined>;
  token(hash: string): Promise<TokenRow | undefined>;
  signIn(hash: string): Promise<SignInRow | undefined>;
  keys(tenant: number): Promise<readonly KeyEntry[]>;
  tenantByEmail(digest: string): Promise<TenantRow | undefined>;
  tenantByUlid(ulid: string): Promise<TenantRow | undefined>;
  session(tenant: number, id: string): Promise<SessionView | GoneSession | undefined>;
  sessions(tenant: number, filter: SessionFilter): Promise<readonly SessionView[]>;
  /** In the order of a figure, among the newest. */
  sortedSessions(tenant: number, filter: SortedFilter): Promise<SortedSessions>;
  /** Records by index, from the given one on. */
  records(
    tenant: number,
    id: string,
    from: number,
    limit: number,
  ): Promise<readonly StoredRecord[]>;
  leaves(tenant: number, id: string, from: number, to: number): Promise<readonly string[]>;
  /** Roots of the whole subtrees of 256 leaves, in order. */
  subtrees(tenant: number, id: string): Promise<readonly string[]>;
  forks(tenant: number, id: string): Promise<readonly Fork[]>;
  notes(tenant: number, id: string): Promise<readonly SignedNote[]>;
  /** By size, the smallest first. */
  /** Of all tenants, in the order of their keys, from behind one of them. */
  looseSessions(after: LooseSession | undefined, limit: number): Promise<readonly LooseSession[]>;
  timeStamps(tenant: number, id: string): Promise<readonly StoredTimeStamp[]>;
  /** Oldest first. */
  alertRules(tenant: number): Promise<readonly AlertRule[]>;
  /** What was fired, newest first; what is only armed is left out. */
  alerts(tenant: number, filter: AlertFilter): Promise<readonly AlertRow[]>;
  usage(tenant: number): Promise<Usage>;
  workflowSessions(
    tenant: number,
    workflow: string,
    filter: WorkflowFilter,
  ): Promise<readonly SessionView[]>;
  cohorts(tenant: number, workflow: string): Promise<readonly CohortCount[]>;
  billing(tenant: number): Promise<BillingRow>;
  /** Undefined while nobody was ever on trial here. */
  serviceClock(): Promise<ServiceClockRow | undefined>;
  /** Rules of all tenants whose destination is not encrypted. */
  openRules(): Promise<readonly OpenRule[]>;
  /** Tenants that keep records for a limited time, with the days. */
  retentions(): Promise<readonly { readonly tenant: number; readonly days: number }[]>;
}

export interface StoreStatus {
  /** False when the writer is gone; only a restart brings it back. */
  readonly isWritable: boolean;
  readonly waiting: number;
  readonly walBytes: number;
  /** Of the database that is only read, where there is one. */
  readonly replica?: ReplicaStatus | undefined;
}

export interface ReplicaStatus {
  /** Whether reads go there now. */
  readonly isUsed: boolean;
  /** Undefined while it is not known, and of a database that follows in another way than by the log. */
  readonly behindMs: number | undefined;
  /** Reads that were done where it is written instead. */
  readonly fallbacks: number;
}

export interface Store {
  /** What was answered before is in what it reads. */
  readonly reader: StoreReader;
  /** For lists, sums and exports: may be a few seconds behind, where a database is only read. */
  readonly replica: StoreReader;
  /** Resolves when the outcome is durable. */
  submit(intake: Intake): Promise<Outcome>;
  administer(command: Command): Promise<CommandAnswer>;
  /** Takes alerts that are due to be delivered; refused when the store cannot write. */
  claimDeliveries(claim: DeliveryClaim): Promise<ClaimedDeliveries | CommandRefusal>;
  status(): StoreStatus;
  /** Finishes what was submitted, then closes. */
  close(): Promise<void>;
}
