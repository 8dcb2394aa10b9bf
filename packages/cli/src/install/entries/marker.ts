/**
 * What the marker of a wrapped entry holds: the server's name, and the text that wrapping replaced, so
 * that uninstalling needs nothing but the entry. It is short, because clients print it: the words stand
 * in the entry anyhow, so only what the text has besides them is kept.
 */
import { createHash } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { literalOf } from "../source/source-node.ts";

/** The source text that wrapping replaced, to be put back byte for byte. */
export interface Original {
  readonly command: string;
  /** Absent when the entry had no arguments, or has them behind its command in one list. */
  readonly args?: string;
}

const DIGEST_BYTES = 6;
/** Between the two texts; none of the formats allows it in a file. */
const SEPARATOR = "\0";
const PLAIN_NAME = /^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$/;
const LONGEST_ORIGINAL = 1024 * 1024;

/** A word without a colon, white space or anything that a shell reads. */
export function packedName(name: string): string {
  return PLAIN_NAME.test(name) ? name : `~${Buffer.from(name, "utf8").toString("base64url")}`;
}

export function packed(words: readonly string[], { command, args }: Original): string {
  const text = args === undefined ? command : command + SEPARATOR + args;
  const deflated = deflateRawSync(text, { level: 9, dictionary: dictionaryOf(words) });
  return Buffer.concat([digestOf(words), deflated]).toString("base64url");
}

/** @returns undefined when the words are not those that were wrapped, or the data is damaged */
export function unpacked(data: string, words: readonly string[]): Original | undefined {
  try {
    const bytes = Buffer.from(data, "base64url");
    if (!bytes.subarray(0, DIGEST_BYTES).equals(digestOf(words))) return undefined;
    const text = inflateRawSync(bytes.subarray(DIGEST_BYTES), {
      dictionary: dictionaryOf(words),
      maxOutputLength: LONGEST_ORIGINAL,
    }).toString("utf8");
    const at = text.indexOf(SEPARATOR);
    if (at < 0) return { command: text };
    return { command: text.slice(0, at), args: text.slice(at + 1) };
  } catch {
    return undefined;
  }
}

/** The usual way to write these words, of which most texts differ in white space only. */
function dictionaryOf(words: readonly string[]): Buffer {
  const [program = "", ...rest] = words;
  return Buffer.from(literalOf(rest) + literalOf(words) + literalOf(program) + SEPARATOR);
}

/** Tells whether the words are still those that were wrapped. */
function digestOf(words: readonly string[]): Buffer {
  return createHash("sha256").update(JSON.stringify(words)).digest().subarray(0, DIGEST_BYTES);
}
