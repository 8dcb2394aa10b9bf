/** A state as bytes: at most 4 KiB, whatever happened. */
import { OPERATIONS } from "../profile/session-profile.ts";
import { ByteReader, ByteWriter } from "./bytes.ts";
import type { Movement } from "./movement.ts";
import { CHANNELS, COLUMNS, NUMBERS } from "./reading/channel.ts";
import { type Reading, UNKNOWN, writeNumberCodes } from "./reading/reading.ts";
import type { Vocabulary, Words } from "./reading/vocabulary.ts";
import { Ring } from "./ring.ts";
import { Baseline, COUNTS } from "./statistics/baseline.ts";
import { type BaselineChoice, type StateParts, WorkflowState } from "./workflow-state.ts";

export const MAX_STATE_BYTES = 4_096;
const VERSION = 1;
const LEVEL_UNKNOWN = 15;
const LONGEST_ID = 255;
const SECOND_MS = 1_000;

/** @returns bytes that {@link decodeState} reads; the same for the same sessions */
export function encodeState({ parts }: WorkflowState): Uint8Array {
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
  for (const reading of ring.readings) writeReading(writer, reading);
  writer.whole(movements.length, 1);
  for (const movement of movements) writeMovement(writer, movement);
  writeIds(writer, parts);
  return writer.finish();
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
  const readings = list(reader, readReading);
  const found = list(reader, readMovement);
  const { ids, sinceIds } = readIds(reader, readings.length, found.length);
  const ring = new Ring();
  for (const [at, reading] of readings.entries()) {
    ring.push({ ...reading, sessionId: ids[at] ?? "" });
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
  const short: number[] = [];
  for (let at = 0; at < counts.length; at++) {
    const count = counts[at] ?? 0;
    short.push(count);
    if (count !== 0) continue;
    let run = 1;
    while (run < 255 && counts[at + 1] === 0) {
      run += 1;
      at += 1;
    }
    short.push(run);
  }
  const isShorter = short.length < counts.length;
  writer.whole(isShorter ? short.length : 0, 2).all(isShorter ? short : counts);
}

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

function writeReading(writer: ByteWriter, { startedMs, looped, numbers, codes }: Reading): void {
  writer.whole(startedMs / SECOND_MS, 4).whole(looped ? 1 : 0, 1);
  for (const number of numbers) writer.whole(number, 2);
  for (let column = NUMBERS.length; column < COLUMNS; column += 2) {
    writer.whole(16 * halfByte(codes[column]) + halfByte(codes[column + 1]), 1);
  }
}

const halfByte = (code = UNKNOWN): number => Math.min(code, LEVEL_UNKNOWN);

function readReading(reader: ByteReader): Reading {
  const startedMs = reader.whole(4) * SECOND_MS;
  const looped = reader.whole(1) === 1;
  const numbers = Uint16Array.from(NUMBERS, () => reader.whole(2));
  const codes = new Uint8Array(COLUMNS).fill(UNKNOWN);
  writeNumberCodes(numbers, codes);
  for (let column = NUMBERS.length; column < COLUMNS; column += 2) {
    const pair = reader.whole(1);
    const both = [Math.floor(pair / 16), pair % 16];
    for (const [at, level] of both.entries()) {
      if (level !== LEVEL_UNKNOWN && column + at < COLUMNS) codes[column + at] = level;
    }
  }
  return { sessionId: "", startedMs, looped, numbers, codes };
}

/** A strength is kept to a hundredth, so that the way it came into the store does not matter. */
function writeMovement(writer: ByteWriter, movement: Movement): void {
  const { channel, column, isMore, strength, found, since, earliest, latest } = movement;
  writer
    .whole(CHANNELS.indexOf(channel), 1)
    .whole(column, 1)
    .whole(isMore ? 1 : 0, 1);
  writer
    .whole(strength * 100, 3)
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
    strength: reader.whole(3) / 100,
    found: reader.whole(4),
    since: { session: reader.whole(4), startedMs: reader.whole(4) * SECOND_MS },
    earliest: reader.whole(4),
    latest: reader.whole(4),
  };
}

/** Ids of sessions as long as there is room: those of what moved, then the latest ones. */
function writeIds(writer: ByteWriter, { movements, ring }: StateParts): void {
  const since = movements.map((movement) => movement.since.sessionId ?? "");
  const latest = ring.readings.map(({ sessionId }) => sessionId).reverse();
  const all = [...since, ...latest].map((id) => new TextEncoder().encode(id));
  const kept = all.map((bytes) => (bytes.length > LONGEST_ID ? new Uint8Array() : bytes));
  // Those without an id that come last are not there at all.
  for (const bytes of kept.slice(0, 1 + kept.findLastIndex(({ length }) => length > 0))) {
    if (writer.length + 1 + bytes.length > MAX_STATE_BYTES) return;
    writer.whole(bytes.length, 1).all(bytes);
  }
}

/** @returns for each movement and each session of the ring; those without room are missing */
function readIds(
  reader: ByteReader,
  ring: number,
  movements: number,
): { readonly sinceIds: readonly string[]; readonly ids: readonly string[] } {
  const all: string[] = [];
  while (!reader.isAtEnd) {
    all.push(new TextDecoder().decode(reader.take(reader.whole(1))));
  }
  const latest = all.slice(movements);
  const ids = Array.from({ length: ring }, (_, at) => latest[ring - 1 - at] ?? "");
  return { sinceIds: all.slice(0, movements), ids };
}
