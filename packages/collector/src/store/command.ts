import type { Unwritable } from "../ingest/intake.ts";
import type { AlertCommand } from "../rows/alert-rows.ts";
import type { BillingCommand } from "../rows/billing-rows.ts";
import type { GroupCommand } from "../rows/group-rows.ts";
import type { LogCommand } from "../rows/log-rows.ts";
import type { MemoryCommand } from "../rows/memory-rows.ts";
import type { OverviewCommand } from "../rows/overview-rows.ts";
import type { MemberCommand } from "../rows/people/member-rows.ts";
import type { SignInCommand } from "../rows/sign-in-rows.ts";
import type { KeyMaker, KeyUse } from "../rows/tenant-rows.ts";
import type { ViewCommand } from "../rows/view-rows.ts";

/** Changes that are no events: accounts, keys, notes, deletion. Plain data: it crosses threads. */
export type Command =
  | AlertCommand
  | BillingCommand
  | GroupCommand
  | LogCommand
  | MemberCommand
  | MemoryCommand
  | OverviewCommand
  | SignInCommand
  | ViewCommand
  | {
      readonly kind: "create_tenant";
      readonly ulid: string;
      readonly tenantKind: "account" | "demo";
      readonly plan: string;
      readonly createdMs: number;
      /** Keyed digest of the e-mail address. */
      readonly email?: string;
      readonly trialEndsMs?: number;
    }
  | {
      readonly kind: "add_key";
      readonly tenant: number;
      readonly hash: string;
      readonly keyId: string;
      readonly prefix: string;
      readonly scopes: readonly string[];
      readonly createdMs: number;
      readonly label?: string | undefined;
      readonly expiresMs?: number | undefined;
      readonly maker?: KeyMaker | undefined;
    }
  | {
      /** An earlier use than the one that is known changes nothing. */
      readonly kind: "note_key_uses";
      readonly tenant: number;
      readonly uses: readonly KeyUse[];
    }
  | { readonly kind: "revoke_key"; readonly tenant: number; readonly keyId: string }
  | {
      readonly kind: "save_note";
      readonly tenant: number;
      readonly sessionId: string;
      readonly size: number;
      readonly note: string;
    }
  | {
      readonly kind: "save_time_stamp";
      readonly tenant: number;
      readonly sessionId: string;
      readonly size: number;
      /** Base64. */
      readonly reply: string;
    }
  | { readonly kind: "set_retention"; readonly tenant: number; readonly days: number | null }
  | {
      /** Somebody has looked at the loops that the session had so far. */
      readonly kind: "acknowledge";
      readonly tenant: number;
      readonly sessionId: string;
      readonly by: string;
      readonly nowMs: number;
    }
  /** Adds to what is kept of an account's usage; a bounded step, answers 1 while there is more. */
  | { readonly kind: "count_usage"; readonly tenant: number; readonly nowMs: number }
  | { readonly kind: "delete_session"; readonly tenant: number; readonly sessionId: string }
  | {
      /** Turns the records of sessions that were idle since then into tombstones; answers of how many. */
      readonly kind: "expire";
      readonly tenant: number;
      readonly idleSinceMs: number;
    }
  | {
      /** Moves records from their rows into chunks; answers how many. */
      readonly kind: "compact";
      readonly tenant: number;
      /** Of one that is idle all are moved, else those that fill chunks. */
      readonly sessions: readonly { readonly session: number; readonly isIdle: boolean }[];
    }
  | {
      /**
       * Deletes what nobody can use any more, of all tenants: tokens and sign-ins that ran out, demo tenants
       * without one, ids of old payment messages. A bounded step; answers how much went.
       */
      readonly kind: "purge";
      readonly nowMs: number;
    };

export type CommandAnswer = { readonly kind: "done"; readonly value: number } | CommandRefusal;

export interface CommandRefusal {
  readonly kind: "refused";
  readonly code: "NOT_FOUND" | "CONFLICT" | "STORAGE_FULL" | "INTERNAL_ERROR" | Unwritable;
}
