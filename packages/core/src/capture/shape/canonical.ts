import { type CanonicalForm, CanonicalWriter } from "../walk/canonical-writer.ts";

export type { CanonicalForm } from "../walk/canonical-writer.ts";

const WRITER = new CanonicalWriter();

/**
 * Writes any value as bytes, equal for equal values: text as it is behind the byte 0xC0, everything
 * else as canonical JSON (RFC 8785), in one walk.
 *
 * Runs no code of the host (no getter, toJSON, Proxy trap or iterator) and never throws. What JSON
 * cannot say is written as a marker in angle brackets, which no JSON has: `<proxy>`, `<accessor>`,
 * `<circular>`, `<deep>`, `<opaque>` (an instance without fields of its own), `<regexp>`,
 * `<promise>`, `<bytes LENGTH DIGEST>`. The walk stops at 64 KiB, 64 levels or 8,192 values. A cut
 * form ends with the byte 0xF5 and the size of the string or list in which it was cut, so that a
 * growing log is not taken for a still one.
 *
 * @returns a view that is valid until the next call
 */
export function canonicalize(value: unknown): CanonicalForm {
  return WRITER.write(value);
}

/**
 * Takes text that is bytes already; it equals the same text as a string.
 *
 * @param byteLength the length of the whole, of which `head` may be only the beginning
 * @returns a view that is valid until the next call
 */
export function canonicalizeText(head: Uint8Array, byteLength: number): CanonicalForm {
  return WRITER.copy(head, byteLength);
}
