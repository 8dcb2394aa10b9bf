import { ascii, beginsWord, byteAt, digitsEnd, isDigit, isWordByte, standsAt } from "./bytes.ts";
import { type Cut, cutUpTo, MARKERS, NO_CUT } from "./cut.ts";

const COLON = 0x3a;
const DOT = 0x2e;
const ONE = 0x31;
const FIVE = 0x35;

const EPOCH_DIGITS = 10;
const MAX_PID_DIGITS = 8;

/** What the number behind a name can be; the bits may be combined. */
const DURATION = 1;
/** A duration when it has a fraction; without one it may be a count. */
const FRACTION = 2;
/** Seconds since 1970, when there are as many digits as those have. */
const EPOCH = 4;
/** The id of a process, when the name is a whole word. */
const PROCESS = 8;
/** The line of what a shell was fed, when the name is a whole word and a colon follows. */
const LINE = 16;

/** Ends of names. A plain `ms` would take `items` too. */
const NAMES: readonly (readonly [string, number])[] = [
  ["_ms", DURATION],
  ["Ms", DURATION],
  ["elapsed", DURATION],
  ["duration", DURATION],
  ["took", DURATION],
  ["latency", DURATION],
  ["uptime", DURATION],
  ["time", FRACTION | EPOCH],
  ["Time", FRACTION | EPOCH],
  ["seconds", FRACTION],
  ["Seconds", FRACTION],
  ["timestamp", EPOCH],
  ["_at", EPOCH],
  ["At", EPOCH],
  ["ts", EPOCH],
  ["ppid", PROCESS],
  ["pid", PROCESS],
  ["Pid", PROCESS],
  ["PID", PROCESS],
  ["bash", LINE],
  ["zsh", LINE],
  ["sh", LINE],
  ["bash: line", LINE],
  ["zsh: line", LINE],
  ["sh: line", LINE],
];

interface Name {
  readonly bytes: Uint8Array;
  readonly meaning: number;
}

const NO_NAMES: readonly Name[] = [];
/** Names by their last two bytes, so that most words before a number are told at one look. */
const NAMES_BY_ENDING: readonly Name[][] = Array.from({ length: 256 }, () => []);
for (const [name, meaning] of NAMES) {
  const bytes = ascii(name);
  NAMES_BY_ENDING[endingAt(bytes, bytes.length)]?.push({ bytes, meaning });
}

/** A number below 256 that is the same wherever the two bytes before a place are the same. */
function endingAt(bytes: Uint8Array, end: number): number {
  return (byteAt(bytes, end - 2) * 7 + byteAt(bytes, end - 1)) & 0xff;
}

/** What may stand between a name and its number, a few of them at most. */
const MAX_LINKS = 4;
const LINKS = Uint8Array.from({ length: 256 }, (_, byte) =>
  ' ="#\\:'.includes(String.fromCharCode(byte)) ? 1 : 0,
);

/**
 * A number told by the name before it: `"elapsed_ms":12`, `duration=0.5`, `"timestamp": 1763690657`,
 * `pid 1234`, `bash: line 12:`, `sh: 12:`.
 */
export function cutNamedNumber(text: Uint8Array, at: number, digits: number): Cut {
  let nameEnd = at;
  while (at - nameEnd < MAX_LINKS && LINKS[byteAt(text, nameEnd - 1)] === 1) nameEnd -= 1;
  const names = NAMES_BY_ENDING[endingAt(text, nameEnd)] ?? NO_NAMES;
  for (let index = 0; index < names.length && nameEnd < at; index++) {
    const name = names[index];
    if (name === undefined) continue;
    const nameStart = nameEnd - name.bytes.length;
    if (!standsAt(text, nameStart, name.bytes)) continue;
    const cut = cutByMeaning(text, at, digits, name.meaning, nameStart);
    if (cut !== NO_CUT) return cut;
  }
  return NO_CUT;
}

function cutByMeaning(
  text: Uint8Array,
  at: number,
  digits: number,
  meaning: number,
  nameStart: number,
): Cut {
  if ((meaning & (PROCESS | LINE)) !== 0) {
    if (digits - at > MAX_PID_DIGITS || !beginsWord(text, nameStart)) return NO_CUT;
    if (meaning === PROCESS) return cutWhole(text, digits, MARKERS.process);
    return byteAt(text, digits) === COLON ? cutUpTo(digits, MARKERS.line) : NO_CUT;
  }
  const end = fractionEnd(text, digits);
  const isDuration = (meaning & DURATION) !== 0 || ((meaning & FRACTION) !== 0 && end > digits);
  if (isDuration) return cutWhole(text, end, MARKERS.duration);
  const isEpoch = (meaning & EPOCH) !== 0 && end - at === EPOCH_DIGITS && isRecent(text, at);
  return isEpoch ? cutWhole(text, end, MARKERS.time) : NO_CUT;
}

function cutWhole(text: Uint8Array, end: number, marker: number): Cut {
  return isWordByte(text, end) ? NO_CUT : cutUpTo(end, marker);
}

function fractionEnd(text: Uint8Array, digits: number): number {
  const hasFraction = byteAt(text, digits) === DOT && isDigit(text, digits + 1);
  return hasFraction ? digitsEnd(text, digits + 1) : digits;
}

/** Between 2017 and 2033. */
function isRecent(text: Uint8Array, at: number): boolean {
  return byteAt(text, at) === ONE && byteAt(text, at + 1) >= FIVE;
}
