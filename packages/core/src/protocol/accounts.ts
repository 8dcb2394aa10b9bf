/** Accounts and keys. */
import { z } from "zod";
import { count, identifierSchema, nameText } from "./fields.ts";

export const registerRequest = z.object({
  /** Kept as a keyed digest only. */
  email: z.string().min(3).max(254).includes("@"),
  /** Read and dropped. */
  company: nameText.nullish(),
});

export const registerAnswer = z.object({
  api_key: z.string(),
  account_id: z.string(),
  plan: z.string(),
  dashboard_url: z.string(),
});

export const SCOPES = ["ingest", "read", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

export const keyRequest = z.object({
  scopes: z.array(z.enum(SCOPES)).min(1).optional(),
  mode: z.enum(["live", "test"]).optional(),
  /** What it is for, in the words of whoever makes it. */
  label: identifierSchema.optional(),
  /** From then on it opens nothing; it never expires when absent or null. */
  expires_at: z.iso.datetime({ offset: true }).nullish(),
});

const keyEntry = z.object({
  key_id: z.string(),
  label: z.string().nullable(),
  prefix: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  created_at: z.string(),
  /** Null where it never expires. */
  expires_at: z.string().nullable(),
  /** To the hour; null where it was never used, or not since such times are kept. */
  last_used_at: z.string().nullable(),
  revoked: z.boolean(),
  /** Who made it, with what they are called today; null where that was not kept. */
  made_by: z
    .object({
      kind: z.enum(["first_start", "registration", "key", "member"]),
      /** Of the key or the member. */
      id: z.string().nullable(),
      label: z.string().nullable(),
    })
    .nullable(),
});

/** The key itself is in the answer once and nowhere else. */
export const keyAnswer = keyEntry.extend({ api_key: z.string() });
export const keysAnswer = z.object({ keys: z.array(keyEntry) });
export type KeyEntryAnswer = z.output<typeof keyEntry>;

export const usageAnswer = z.object({
  plan: z.string(),
  trial: z.object({
    active: z.boolean(),
    /** As long as clocks go as they should; null without a trial. */
    expires_at: z.string().nullable(),
    /** Days that are begun count as whole ones; null without a trial. */
    days_left: count.nullable(),
  }),
  /** State of the newest subscription, in the words of the payment provider. */
  subscription: z.string().nullable(),
  sessions: count,
  events: count,
  steps: count,
  total_tokens: count,
  total_cost_usd: z.number(),
  /** Alerts that fired. */
  alerts: count,
  /** Events that senders could not record and declared as dropped. */
  dropped_events: count,
  /** 0 means that there is no limit. */
  limits: z.object({ events_per_second: count }),
});

export type UsageAnswer = z.output<typeof usageAnswer>;

export const checkoutAnswer = z.object({
  /** Where a person pays. */
  checkout_url: z.string(),
  checkout_id: z.string(),
  expires_at: z.string(),
});

/** What a payment provider's message was good for. */
export const paymentMessageAnswer = z.object({
  received: z.literal(true),
  /** False when it was applied before, or is about nothing here. */
  applied: z.boolean(),
});

/** How long records are kept: null for good. */
export const retentionAnswer = z.object({ days: z.number().int().nullable() });

export const retentionRequest = z.object({
  /** Records older than this become tombstones; null keeps them. */
  days: z.number().int().min(1).max(36_500).nullable(),
});
