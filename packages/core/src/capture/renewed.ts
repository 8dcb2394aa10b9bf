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
/** A longer text is no address. */
const MAX_URL_LENGTH = 2_048;

/** Whether a member of the arguments is there to make the call another one: a nonce, a clock, a count. */
export function isRenewed(name: string, value: unknown): boolean {
  if (typeof value !== "string" && typeof value !== "number") return false;
  const plain = name.toLowerCase().replace(/[_-]/g, "");
  if (TRY_NAMES.has(plain)) return true;
  const text = String(value);
  if (CLOCK_NAMES.has(plain)) return MOMENT.test(text) || EPOCH.test(text);
  return text.length <= MAX_URL_LENGTH && text.includes("?") && RENEWED_IN_URL.test(text);
}

/** Whether text begins like an object and breaks off: no tool was ever called with that. */
export function isCutOff(text: string): boolean {
  return text.startsWith("{") && !text.trimEnd().endsWith("}");
}
