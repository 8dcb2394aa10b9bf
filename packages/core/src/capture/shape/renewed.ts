import { types } from "node:util";
import { KnownTexts } from "../known-texts.ts";
import { readOwn } from "../walk/data-property.ts";

/** Names of values that are another one at each try, and so say nothing of what is asked for. */
const TRY_NAMES: ReadonlySet<string> = new Set(
  (
    "nonce cb bust cachebuster cachebust nocache rand random attempt attempts attemptnumber retry " +
    "retries retrycount try tries trynumber counter requestid idempotencykey correlationid traceid"
  ).split(" "),
);
/** Names of values that do so when they hold a moment to the second. */
const CLOCK_NAMES: ReadonlySet<string> = new Set(["", "t", "ts", "now", "timestamp", "time"]);

/** A date with a time that is not on the full minute, which somebody would have chosen. */
const MOMENT = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:(?!00(?:\.0+)?(?:Z|[+-]|$))\d\d/;
/** Seconds or milliseconds since 1970. */
const EPOCH = /^1\d{9}(?:\d{3})?(?:\.\d+)?$/;
const RENEWED_IN_URL =
  /[?&](?:(?:_?t|_?ts|_|now|timestamp|time)=1\d{9}|(?:nonce|cb|cache_?bust(?:er)?|nocache|rand|random)=)/i;
const RENEWED_VALUE =
  /([?&](?:_?t|_?ts|_|now|timestamp|time|nonce|cb|cache_?bust(?:er)?|nocache|rand|random)=)[^&#]*/gi;
/** A longer text is no address. */
const MAX_URL_LENGTH = 2_048;

/** Whether a member of the arguments is there to make the call another one: a nonce, a clock, a count. */
export function isRenewed(name: string, value: unknown): boolean {
  if (typeof value !== "string" && typeof value !== "number") return false;
  const says = meaningOf(name);
  if (says === "try") return true;
  const text = String(value);
  if (says === "clock") return MOMENT.test(text) || EPOCH.test(text);
  return text.length <= MAX_URL_LENGTH && text.includes("?") && RENEWED_IN_URL.test(text);
}

/** What the name of a member says of its value. */
type Meaning = "try" | "clock" | "nothing";

const MEANINGS = new KnownTexts<Meaning>();

function meaningOf(name: string): Meaning {
  return MEANINGS.of(name, readName);
}

function readName(name: string): Meaning {
  const plain = name.toLowerCase().replace(/[_-]/g, "");
  if (TRY_NAMES.has(plain)) return "try";
  return CLOCK_NAMES.has(plain) ? "clock" : "nothing";
}

/** Whether text begins like an object and breaks off: no tool was ever called with that. */
export function isCutOff(text: string): boolean {
  return text.startsWith("{") && !text.trimEnd().endsWith("}");
}

/** A value that holds the place of one that is another one at each try. */
const SAME = "";
const MAX_MEMBERS = 64;

/**
 * The arguments without what is another one at each try, to tell by their shape what was asked for.
 *
 * @returns undefined when nothing of them is renewed
 */
export function withoutRenewed(args: unknown): Record<string, unknown> | undefined {
  if (typeof args !== "object" || args === null || types.isProxy(args)) return undefined;
  if (Array.isArray(args) || ArrayBuffer.isView(args)) return undefined;
  if (types.isModuleNamespaceObject(args)) return undefined;
  const names = Object.keys(args);
  if (names.length > MAX_MEMBERS) return undefined;
  const values = names.map((name) => [name, readOwn(args, name)] as const);
  if (!values.some(([name, value]) => isRenewed(name, value))) return undefined;
  return Object.fromEntries(
    values.map(([name, value]) => [name, isRenewed(name, value) ? sameOf(name, value) : value]),
  );
}

/** Of an address, what stands before the part that is renewed still tells what was asked for. */
function sameOf(name: string, value: unknown): string {
  if (typeof value !== "string" || meaningOf(name) === "try") return SAME;
  return value.replace(RENEWED_VALUE, "$1");
}
