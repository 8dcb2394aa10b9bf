/** Rows of the memory of workflows, as both databases hold them. */
import type {
  FoldCandidate,
  MemoryCard,
  MemoryDay,
  MemoryKind,
  MemoryName,
  MemoryState,
} from "../../rows/memory-rows.ts";
import { hex, integer, optional, type Row, text } from "./columns.ts";
import { profileIn } from "./profile-rows.ts";

export function memoryStateOf(row: Row): MemoryState {
  return {
    isAccount: text(row, "kind") === "account",
    round: optional(row, "round", integer) ?? 0,
    overMs: optional(row, "over_ms", integer) ?? 0,
    idleMs: optional(row, "idle_ms", integer) ?? 0,
  };
}

export function memoryDayOf(row: Row): MemoryDay {
  return {
    ...memoryNameOf(row),
    day: integer(row, "day"),
    sessions: integer(row, "sessions"),
    looped: integer(row, "looped"),
    sketch: hex(row, "sketch"),
  };
}

export function memoryCardOf(row: Row): MemoryCard {
  const choice = optional(row, "choice", text);
  const state = optional(row, "state", hex);
  const card = optional(row, "card", text);
  return {
    ...memoryNameOf(row),
    sessions: integer(row, "sessions"),
    firstMs: integer(row, "first_ms"),
    lastMs: integer(row, "last_ms"),
    ...(choice !== undefined && { choice }),
    ...(state !== undefined && { state }),
    ...(card !== undefined && { card }),
  };
}

export function foldCandidateOf(row: Row): FoldCandidate {
  const sketch = optional(row, "sketch", hex);
  return {
    ...profileIn(row),
    size: integer(row, "size"),
    lastMs: integer(row, "last_ms"),
    before:
      sketch === undefined
        ? undefined
        : { sketch, day: integer(row, "day"), names: namesOf(text(row, "names")) },
  };
}

/** Kind and name, one after the other. */
export function encodeNames(names: readonly MemoryName[]): string {
  return JSON.stringify(names.flatMap(({ kind, name }) => [kind, name]));
}

function namesOf(encoded: string): readonly MemoryName[] {
  const words = JSON.parse(encoded) as string[]; // Only `encodeNames` writes it.
  return words.flatMap((kind, at) =>
    at % 2 === 0 ? [{ kind: kind as MemoryKind, name: words[at + 1] ?? "" }] : [],
  );
}

function memoryNameOf(row: Row): MemoryName {
  // The fold writes no other kinds.
  return { kind: text(row, "kind") as MemoryKind, name: text(row, "name") };
}
