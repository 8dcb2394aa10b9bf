/**
 * What a wrapped entry starts: the system's shell, told to ask the launcher for a Node and a relay
 * that work, and to run the original words when the launcher has none to offer.
 */
import { createHash } from "node:crypto";
import { shellQuoted } from "../launcher/shell-quoted.ts";
import { type Place, pathsOf } from "./place.ts";

/** The source text that wrapping replaced, to be put back byte for byte. */
export interface Original {
  readonly command: string;
  /** Absent when the entry had no arguments, or has them behind its command in one list. */
  readonly args?: string;
}

export interface Wrapped {
  readonly words: readonly string[];
  /** Undefined when the words were changed by hand since, or the marker was. */
  readonly original: Original | undefined;
}

const POSIX_SHELL = "/bin/sh";
const WINDOWS_SHELL = "cmd";
const MARKER = /^caum1:([A-Za-z0-9_-]+)(?:==0)?$/;
/** Seen in what is left of an entry of ours that somebody took apart. */
const TRACE = /caum_node=\$\(|^caum1:/;
/** cmd.exe reads no longer line; some room is left for the quotes the client adds. */
const LONGEST_WINDOWS_LINE = 7_500;
/** What cmd.exe would change or take as its own. */
const UNSAFE_ON_WINDOWS = /["%^&|<>()!\r\n]|^$/;
/** Variables have no braces: clients replace `${...}` in their files, and some `$word`. */
const NODE = "caum_node";

/** Why these words cannot be wrapped on this platform; undefined when they can. */
export function whyNotWrapped(words: readonly string[], place: Place): string | undefined {
  if (place.platform !== "win32") return undefined;
  if (words.some((word) => UNSAFE_ON_WINDOWS.test(word))) {
    return "holds characters that cmd.exe would change";
  }
  const { length } = wrappedWords(words, { command: words.join(" ") }, place).join(" ");
  return length > LONGEST_WINDOWS_LINE ? "is too long for cmd.exe" : undefined;
}

/** The program and arguments that stand in the place of `words`. */
export function wrappedWords(
  words: readonly string[],
  original: Original,
  place: Place,
): readonly string[] {
  const marker = `caum1:${packed(words, original)}`;
  const { join } = pathsOf(place.platform);
  const folder = join(place.caumHome, "bin");
  if (place.platform === "win32") {
    const launcher = join(folder, "launch.cmd");
    // The first `if` always holds: it carries the marker. No word needs a quote inside quotes.
    const test = ["if", "not", `${marker}==0`, "if", "exist", launcher];
    const either = ["(", "call", launcher, ...words, ")", "else", "(", ...words, ")"];
    return [WINDOWS_SHELL, "/d", "/c", ...test, ...either];
  }
  return [POSIX_SHELL, "-c", entryScript(folder, place.caumHome), marker, ...words];
}

/** `exec`, so that the server's process is the client's child, with its signals and exit code. */
function entryScript(folder: string, caumHome: string): string {
  const launcher = shellQuoted(`${folder}/launch`);
  const relay = `${shellQuoted(`${folder}/relay.cjs`)} --home ${shellQuoted(caumHome)}`;
  const ask = `${NODE}=$(${POSIX_SHELL} ${launcher} 2>/dev/null </dev/null)`;
  return `${ask} && [ -x "$${NODE}" ] && exec "$${NODE}" ${relay} -- "$@"; exec "$@"`;
}

/** What a wrapped entry holds; undefined when the entry is none of ours. */
export function unwrapWords(all: readonly string[]): Wrapped | undefined {
  const at = all.findIndex((word) => MARKER.test(word));
  if (at < 0) return undefined;
  const words = all[at + 1] === "if" ? windowsWords(all) : all.slice(at + 1);
  return { words, original: unpacked(MARKER.exec(all[at] ?? "")?.[1] ?? "", words) };
}

/** Whether something of ours is left in words that are no wrapped entry. */
export function isHalfWrapped(all: readonly string[]): boolean {
  return all.some((word) => TRACE.test(word));
}

export function isOurShell(word: string): boolean {
  return word === POSIX_SHELL || word === WINDOWS_SHELL;
}

function windowsWords(all: readonly string[]): readonly string[] {
  const end = all.lastIndexOf(")");
  return all.slice(all.lastIndexOf("(") + 1, end < 0 ? all.length : end);
}

function packed(words: readonly string[], original: Original): string {
  const content = { ...original, words: digestOf(words) };
  return Buffer.from(JSON.stringify(content), "utf8").toString("base64url");
}

function unpacked(text: string, words: readonly string[]): Original | undefined {
  try {
    const { command, args, words: digest } = JSON.parse(Buffer.from(text, "base64url").toString());
    if (typeof command !== "string" || digest !== digestOf(words)) return undefined;
    return typeof args === "string" ? { command, args } : { command };
  } catch {
    return undefined;
  }
}

/** Tells whether the words are still those that were wrapped. */
function digestOf(words: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(words)).digest("hex").slice(0, 12);
}
