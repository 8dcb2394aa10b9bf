/** Checkpoints: the signed size and root of a tree (C2SP tlog-checkpoint). */
import { EvidenceError } from "../error.ts";
import { fromHex, strictBase64, toBase64, toHex } from "../rules/bytes.ts";
import type { Sha256 } from "../rules/platform.ts";
import { HASH_BYTES } from "../tree/inclusion.ts";

/** A size and root, and which tree they are of. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  /** 64 hex. */
  readonly root: string;
}

const DECIMAL = /^(?:0|[1-9]\d{0,15})$/;

/** @returns the text that is signed */
export function formatCheckpoint(checkpoint: Checkpoint): string {
  const root = toBase64(fromHex(checkpoint.root));
  return `${checkpoint.origin}\n${checkpoint.size}\n${root}\n`;
}

/**
 * @param text the signed text of a note; lines after the root are allowed and ignored
 * @throws {EvidenceError} when it is not a checkpoint
 */
export function parseCheckpoint(text: string): Checkpoint {
  const [origin = "", sizeText = "", rootText = "", ...more] = text.split("\n");
  const root = strictBase64(rootText);
  const size = parseSize(sizeText);
  const last = more.pop();
  if (origin === "" || size === undefined || root?.length !== HASH_BYTES) throw invalid();
  if (last !== "" || more.includes("")) throw invalid();
  return { origin, size, root: toHex(root) };
}

/** A decimal number without sign or leading zeros, at most 2^53 - 1. */
export function parseSize(text: string): number | undefined {
  const size = DECIMAL.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(size) ? size : undefined;
}

function invalid(): EvidenceError {
  return new EvidenceError(
    "invalid_checkpoint",
    "not a checkpoint: expected origin, size and root",
  );
}

/** The name a session has in origins and folders: its id is never shown there. */
export function tagOf(sessionId: string, sha256: Sha256): string {
  return sha256(sessionId).slice(0, 32);
}

/** What an origin says about the tree it names. */
export type CheckpointOrigin =
  | { readonly kind: "session"; readonly keyName: string; readonly sessionTag: string }
  | {
      readonly kind: "run";
      readonly keyName: string;
      readonly sessionTag: string;
      readonly runId: string;
    };

const SESSION_ORIGIN = /^([^\n]+)\/[0-9A-HJKMNP-TV-Z]{26}\/([0-9a-f]{32})$/;
const RUN_ORIGIN = /^([^\n]+)\/run\/([0-9a-f]{32})\/([0-9a-f]{32})$/;

/** @returns undefined when the origin is of neither form */
export function parseOrigin(origin: string): CheckpointOrigin | undefined {
  const run = RUN_ORIGIN.exec(origin);
  if (run?.[1] && run[2] && run[3]) {
    return { kind: "run", keyName: run[1], sessionTag: run[2], runId: run[3] };
  }
  const session = SESSION_ORIGIN.exec(origin);
  if (session?.[1] && session[2]) {
    return { kind: "session", keyName: session[1], sessionTag: session[2] };
  }
  return undefined;
}

/**
 * The origin of the log that holds the heads of a tenant's sessions; it is also the name of the key
 * that signs the log.
 *
 * @returns undefined where the origin is not that of a collector's session
 */
export function logOriginOf(sessionOrigin: string): string | undefined {
  if (parseOrigin(sessionOrigin)?.kind !== "session") return undefined;
  return `${sessionOrigin.slice(0, sessionOrigin.lastIndexOf("/"))}/log`;
}

const LOG_ORIGIN = /^([^\n]+)\/[0-9A-HJKMNP-TV-Z]{26}\/log$/;

/** The key name that the origin of a log begins with; undefined when it is of no log. */
export function logKeyNameOf(origin: string): string | undefined {
  return LOG_ORIGIN.exec(origin)?.[1];
}
