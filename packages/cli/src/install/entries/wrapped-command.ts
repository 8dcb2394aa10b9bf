/**
 * What a wrapped entry starts: the system's shell, told to become our relay when the file beside it is
 * as it was installed, and to run the original words otherwise.
 */
import { createHash } from "node:crypto";
import { type Place, pathsOf } from "../../machine/place.ts";
import { type Original, packed, packedName, unpacked } from "./marker.ts";

export interface Wrapped {
  readonly words: readonly string[];
  /** Undefined when the words were changed by hand since, or the marker was. */
  readonly original: Original | undefined;
}

const POSIX_SHELL = "/bin/sh";
const WINDOWS_SHELL = "cmd";
/** Entries of before 0.2 have the first form. */
const MARKER = /^(?:caum1:([A-Za-z0-9_-]+)|caum2:[^:]+:([A-Za-z0-9_-]+))(?:==0)?$/;
/** Seen in what is left of an entry of ours that somebody took apart. */
const TRACE = /caum_node=\$\(|\$0\.ok|^caum[12]:/;
/** cmd.exe reads no longer line; some room is left for the quotes the client adds. */
const LONGEST_WINDOWS_LINE = 7_500;
/** What cmd.exe would change or take as its own. */
const UNSAFE_ON_WINDOWS = /["%^&|<>()!\r\n]|^$/;
/**
 * `$0` is a file of ours and `$1` the marker. A file that is missing is not read, nor one that was
 * changed after `.ok`, which is made last: reading half a script would end the shell. No variable has a
 * name: clients replace `${...}` in their files, and some `$word`.
 */
const SCRIPT = '[ -r "$0" ] && [ "$0" -ot "$0.ok" ] && . "$0"; shift; exec "$@"';

/** Why these words cannot be wrapped on this platform; undefined when they can. */
export function whyNotWrapped(words: readonly string[], place: Place): string | undefined {
  if (place.platform !== "win32") return undefined;
  if (words.some((word) => UNSAFE_ON_WINDOWS.test(word))) {
    return "holds characters that cmd.exe would change";
  }
  const { length } = wrappedWords(words, { command: words.join(" ") }, "", place).join(" ");
  return length > LONGEST_WINDOWS_LINE ? "is too long for cmd.exe" : undefined;
}

/**
 * The program and arguments that stand in the place of `words`.
 *
 * @param name what the client's file calls the server
 */
export function wrappedWords(
  words: readonly string[],
  original: Original,
  name: string,
  place: Place,
): readonly string[] {
  const marker = `caum2:${packedName(name)}:${packed(words, original)}`;
  const { join } = pathsOf(place.platform);
  const folder = join(place.caumHome, "bin");
  if (place.platform === "win32") {
    const launcher = join(folder, "launch.cmd");
    // The first `if` always holds: it carries the marker. No word needs a quote inside quotes.
    const test = ["if", "not", `${marker}==0`, "if", "exist", launcher];
    const either = ["(", "call", launcher, ...words, ")", "else", "(", ...words, ")"];
    return [WINDOWS_SHELL, "/d", "/c", ...test, ...either];
  }
  return [POSIX_SHELL, "-c", SCRIPT, join(folder, "serve"), marker, ...words];
}

/** What a wrapped entry holds; undefined when the entry is none of ours. */
export function unwrapWords(all: readonly string[]): Wrapped | undefined {
  const at = all.findIndex((word) => MARKER.test(word));
  if (at < 0) return undefined;
  const words = all[at + 1] === "if" ? windowsWords(all) : all.slice(at + 1);
  const [, old, data] = MARKER.exec(all[at] ?? "") ?? [];
  return {
    words,
    original: old === undefined ? unpacked(data ?? "", words) : unpackedOld(old, words),
  };
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

/** The first form of the marker held the whole text. */
function unpackedOld(text: string, words: readonly string[]): Original | undefined {
  try {
    const { command, args, words: digest } = JSON.parse(Buffer.from(text, "base64url").toString());
    const isSame =
      digest === createHash("sha256").update(JSON.stringify(words)).digest("hex").slice(0, 12);
    if (typeof command !== "string" || !isSame) return undefined;
    return typeof args === "string" ? { command, args } : { command };
  } catch {
    return undefined;
  }
}
