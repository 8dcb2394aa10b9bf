import type { Purpose, SessionKeys } from "../keys/session-keys.ts";
import { canonicalize, canonicalizeText } from "./canonical.ts";
import { withoutRenewed } from "./renewed.ts";
import { scan } from "./scanner.ts";

/** What is kept of a value: digests and a size, and no field that could hold content. */
export interface Shape {
  /** Digest of the canonical form: 64 hex. */
  readonly hash: string;
  /** Digest of the norm form, where it differs from the canonical one. */
  readonly normHash?: string;
  /** Digest of the shape form, where it differs from the norm one. */
  readonly shapeHash?: string;
  /** Size of the content in bytes, at least; nothing, null and the empty string are 0. */
  readonly bytes: number;
  /** The digests do not cover the whole value. */
  readonly truncated: boolean;
}

const HASH = /^[0-9a-f]{64}$/;

/** Whether something that a caller gives as a shape can hold nothing else than one. */
export function isShape({ hash, normHash, shapeHash, bytes }: Shape): boolean {
  const isCount = Number.isSafeInteger(bytes) && bytes >= 0;
  return isCount && HASH.test(hash) && isHashOrNone(normHash) && isHashOrNone(shapeHash);
}

function isHashOrNone(hash: string | undefined): boolean {
  return hash === undefined || HASH.test(hash);
}

/** The shape of any value. Text differs from the value that it may be the JSON of. */
export function shapeOf(value: unknown, purpose: Purpose, keys: SessionKeys): Shape {
  const form = canonicalize(value);
  return digestForms(form.bytes, form.size, form.truncated, purpose, keys);
}

/** The shape of a call's arguments, whose coarsest form leaves out what is another one at each try. */
export function shapeOfArguments(value: unknown, keys: SessionKeys): Shape {
  const shape = shapeOf(value, "args", keys);
  const asked = withoutRenewed(value);
  if (asked === undefined) return shape;
  const { hash, normHash = hash, shapeHash = normHash } = shapeOf(asked, "args", keys);
  return { ...shape, shapeHash };
}

/**
 * The shape of text that is bytes already, for example of a line too long to be parsed.
 *
 * It is the shape of the same text as a string.
 *
 * @param head the first bytes, at most 64 KiB are used
 * @param byteLength the length of the whole
 */
export function shapeOfText(
  head: Uint8Array,
  byteLength: number,
  purpose: Purpose,
  keys: SessionKeys,
): Shape {
  const form = canonicalizeText(head, byteLength);
  return digestForms(form.bytes, byteLength, form.truncated, purpose, keys);
}

function digestForms(
  bytes: Uint8Array,
  size: number,
  truncated: boolean,
  purpose: Purpose,
  keys: SessionKeys,
): Shape {
  const { norm, shape } = scan(bytes);
  const found: { -readonly [Field in keyof Shape]: Shape[Field] } = {
    hash: keys.digest(purpose, bytes),
    bytes: size,
    truncated,
  };
  if (norm !== undefined) found.normHash = keys.digest(purpose, norm);
  if (shape !== undefined) found.shapeHash = keys.digest(purpose, shape);
  return found;
}
