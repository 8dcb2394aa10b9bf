/** A state as bytes: at most 4 KiB, whatever happened. */
import { OPERATIONS } from "../profile/session-profile.ts";
import { ByteReader, ByteWriter } from "./bytes.ts";
import { type Movement, STRENGTH_UNITS } from "./movement.ts";
import { CHANNELS } from "./reading/channel.ts";
import { READING_BYTES, readReading } from "./reading/reading-bytes.ts";
import type { Vocabulary, Words } from "./reading/vocabulary.ts";
import { Ring } from "./ring.ts";
import { Baseline, COUNTS } from "./statistics/baseline.ts";
import { type BaselineChoice, type StateParts, WorkflowState } from "./workflow-state.ts";

export const MAX_STATE_BYTES = 4_096;
const VERSION = 2;
const LONGEST_ID = 255;
const SECOND_MS = 1_000;
const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();
/** Of one id after the other. */
const ID_BYTES = new Uint8Array(LONGEST_ID);

/** @returns bytes that {@link decodeState} reads; the same for the same sessions */
export function encodeState(state: WorkflowState): Uint8Array {
  return bytesOfState(state).bytes;
}

/**
 * The same.
 *
 * @returns with whether all of it is in there; ids of sessions are not where they would be too long
 */
export function bytesOfState({ parts }: WorkflowState): {
  readonly bytes: Uint8Array;
  readonly isWhole: boolean;
} {
  const writer = new ByteWriter().whole(VERSION, 1).whole(parts.sessions, 4);
  writeWords(writer, parts.words);
  writeVocabulary(writer, parts.vocabulary);
  writer.text(parts.otherTool ?? "").text(parts.otherModel ?? "");
  const { baseline, loops, ring, movements } = parts;
  writer.whole(loops.sessions, 4).whole(loops.looped, 4);
  writeFlags(writer, parts.latestLoops);
  writer.whole(baseline.sessions, 1).whole(baseline.sinceMs / SECOND_MS, 4);
  writer.whole(baseline.untilMs / SECOND_MS, 4);
  writeCounts(writer, baseline.counts);
  writer.whole(ring.length, 1);
  for (const bytes of ring.bytes) writer.all(bytes);
  writer.whole(movements.length, 1);
  for (const movement of movements) writeMovement(writer, movement);
  const isWhole = writeIds(writer, parts);
  return { bytes: writer.finish(), isWhole };
}

/**
 * @param choice the baseline that a person chose for it; kept beside the bytes
 * @throws {RangeError} when these are not the bytes of a state
 */
export function decodeState(bytes: Uint8Array, choice?: BaselineChoice): WorkflowState {
  const reader = new ByteReader(bytes);
  if (reader.whole(1) !== VERSION) throw new RangeError("not a state of a workflow");
  const sessions = reader.whole(4);
  const words = readWords(reader);
  const vocabulary = readVocabulary(reader);
  const [otherTool, otherModel] = [reader.text(), reader.text()];
  const loops = { sessions: reader.whole(4), looped: reader.whole(4) };
  const latestLoops = readFlags(reader);
  const stretch = {
    sessions: reader.whole(1),
    sinceMs: reader.whole(4) * SECOND_MS,
    untilMs: reader.whole(4) * SECOND_MS,
  };
  const baseline = new Baseline({ ...stretch, counts: readCounts(reader) });
  const views = list(reader, () => reader.view(READING_BYTES));
  const found = list(reader, readMovement);
  const { ids, sinceIds } = readIds(reader, found.length);
  const ring = new Ring();
  for (let ago = views.length - 1; ago >= 0; ago--) {
    const view = views[ago];
    if (view !== undefined) ring.push(readReading(view, ids[ago] ?? ""));
  }
  const movements = found.map((movement, at) => {
    const sessionId = sinceIds[at] ?? "";
    const since = { ...movement.since, ...(sessionId !== "" && { sessionId }) };
    return { ...movement, since };
  });
  return new WorkflowState({
    choice,
    sessions,
    words,
    vocabulary,
    otherTool: otherTool === "" ? undefined : otherTool,
    otherModel: otherModel === "" ? undefined : otherModel,
    baseline,
    loops,
    latestLoops,
    ring,
    movements,
  });
}

function list<T>(reader: ByteReader, read: (reader: ByteReader) => T): T[] {
  return Array.from({ length: reader.whole(1) }, () => read(reader));
}

function writeFlags(writer: ByteWriter, flags: readonly boolean[]): void {
  writer.whole(flags.length, 1);
  for (let from = 0; from < flags.length; from += 8) {
    let byte = 0;
    for (let at = 0; at < 8; at++) byte = 2 * byte + (flags[from + at] === true ? 1 : 0);
    writer.whole(byte, 1);
  }
}

function readFlags(reader: ByteReader): readonly boolean[] {
  const length = reader.whole(1);
  const flags: boolean[] = [];
  while (flags.length < length) {
    const byte = reader.whole(1);
    for (let at = 7; at >= 0; at--) flags.push(Math.floor(byte / 2 ** at) % 2 === 1);
  }
  return flags.slice(0, length);
}

function writeWords(writer: ByteWriter, words: Words | undefined): void {
  writer.whole(words === undefined ? 0 : 1, 1);
  if (words === undefined) return;
  writer.whole(words.sessions, 2).whole(words.transitions.size, 1);
  for (const [place, count] of words.transitions) writer.whole(place, 1).whole(count, 4);
  for (const names of [words.tools, words.models]) {
    writer.whole(names.size, 1);
    for (const [name, count] of names) writer.text(name).whole(count, 2);
  }
}

function readWords(reader: ByteReader): Words | undefined {
  if (reader.whole(1) === 0) return undefined;
  const sessions = reader.whole(2);
  const transitions = list(reader, () => [reader.whole(1), reader.whole(4)] as const);
  const names = () => new Map(list(reader, () => [reader.text(), reader.whole(2)] as const));
  return { sessions, transitions: new Map(transitions), tools: names(), models: names() };
}

/** Surprises are only there where they are known: a state that is learning words has none. */
function writeVocabulary(writer: ByteWriter, vocabulary: Vocabulary): void {
  writer.whole(vocabulary.transitions.length, 1).all(vocabulary.transitions);
  for (const names of [vocabulary.tools, vocabulary.models]) {
    writer.whole(names.length, 1);
    for (const name of names) writer.text(name);
  }
  writer.all(vocabulary.surprises);
}

function readVocabulary(reader: ByteReader): Vocabulary {
  const transitions = list(reader, () => reader.whole(1));
  const names = () => list(reader, () => reader.text());
  const [tools, models] = [names(), names()];
  return { transitions, tools, models, surprises: reader.take(OPERATIONS.length ** 2) };
}

/** Most counts are 0: such a run is a 0 and its length. What would grow by that is written as it is. */
function writeCounts(writer: ByteWriter, counts: Uint8Array): void {
  let length = 0;
  for (let at = 0; at < counts.length; at++) {
    const count = counts[at] ?? 0;
    SHORT[length++] = count;
    if (count !== 0) continue;
    let run = 1;
    while (run < 255 && counts[at + 1] === 0) {
      run += 1;
      at += 1;
    }
    SHORT[length++] = run;
  }
  const isShorter = length < counts.length;
  writer.whole(isShorter ? length : 0, 2).all(isShorter ? SHORT.subarray(0, length) : counts);
}

/** Of one state after the other. */
const SHORT = new Uint8Array(2 * COUNTS);

function readCounts(reader: ByteReader): Uint8Array {
  const length = reader.whole(2);
  if (length === 0) return reader.take(COUNTS);
  const counts = new Uint8Array(COUNTS);
  const short = reader.take(length);
  let to = 0;
  for (let at = 0; at < length; at++) {
    const count = short[at] ?? 0;
    counts[to] = count;
    at += count === 0 ? 1 : 0;
    to += count === 0 ? (short[at] ?? 1) : 1;
  }
  return counts;
}

function writeMovement(writer: ByteWriter, movement: Movement): void {
  const { channel, column, isMore, strength, found, since, earliest, latest } = movement;
  writer
    .whole(CHANNELS.indexOf(channel), 1)
    .whole(column, 1)
    .whole(isMore ? 1 : 0, 1);
  writer
    .whole(Math.round(strength * STRENGTH_UNITS), 3)
    .whole(found, 4)
    .whole(since.session, 4);
  writer
    .whole(since.startedMs / SECOND_MS, 4)
    .whole(earliest, 4)
    .whole(latest, 4);
}

function readMovement(reader: ByteReader): Movement {
  return {
    channel: CHANNELS[reader.whole(1)] ?? "length",
    column: reader.whole(1),
    isMore: reader.whole(1) === 1,
    strength: reader.whole(3) / STRENGTH_UNITS,
    found: reader.whole(4),
    since: { session: reader.whole(4), startedMs: reader.whole(4) * SECOND_MS },
    earliest: reader.whole(4),
    latest: reader.whole(4),
  };
}

/**
 * Ids of sessions as long as there is room: those of what moved, then the latest ones.
 *
 * @returns whether there was room for all
 */
function writeIds(writer: ByteWriter, { movements, ring }: StateParts): boolean {
  const since = movements.map((movement) => movement.since.sessionId ?? "");
  const latest = Array.from({ length: ring.length }, (_, ago) => ring.idAt(ago));
  const all = [...since, ...latest];
  // Those without an id that come last are not there at all.
  const last = all.findLastIndex((id) => id !== "");
  let isWhole = true;
  for (const id of all.slice(0, last + 1)) {
    const { read, written } = ENCODER.encodeInto(id, ID_BYTES);
    const isShort = read === id.length;
    isWhole &&= isShort;
    const length = isShort ? written : 0;
    if (writer.length + 1 + length > MAX_STATE_BYTES) return false;
    writer.whole(length, 1).all(ID_BYTES.subarray(0, length));
  }
  return isWhole;
}

/** @returns for each movement, and from the latest session backwards; those without room are missing */
function readIds(
  reader: ByteReader,
  movements: number,
): { readonly sinceIds: readonly string[]; readonly ids: readonly string[] } {
  const all = reader.rest((bytes) => DECODER.decode(bytes));
  return { sinceIds: all.slice(0, movements), ids: all.slice(movements) };
}
