/** Rows of the memory of workflows, as both databases hold them. */
import type {
  FoldCandidate,
  FoldedSession,
  MemoryCard,
  MemoryDay,
  MemoryKind,
  MemoryName,
  MemoryState,
} from "../../rows/memory-rows.ts";
import { hex, integer, optional, type Row, text } from "./columns.ts";
import { rememberedIn } from "./profile-rows.ts";

export type ColumnType = "text" | "integer" | "bytes";
export type Columns = Readonly<Record<string, ColumnType>>;

/** In the order in which {@link encodeDays} writes them, and so on; bytes are hexadecimal digits. */
export const DAY_COLUMNS: Columns = {
  kind: "text",
  name: "text",
  day: "integer",
  sessions: "integer",
  looped: "integer",
  sketch: "bytes",
};
export const CARD_COLUMNS: Columns = {
  kind: "text",
  name: "text",
  sessions: "integer",
  first_ms: "integer",
  last_ms: "integer",
  choice: "text",
  state: "bytes",
  card: "text",
};
export const FOLDED_COLUMNS: Columns = {
  session: "integer",
  folded_size: "integer",
  day: "integer",
  names: "text",
  sketch: "bytes",
};

export function encodeDays(days: readonly MemoryDay[]): string {
  return `[${days.map(encodeDay).join()}]`;
}

/** One of the rows. */
export function encodeDay({ kind, name, day, sessions, looped, sketch }: MemoryDay): string {
  return `["${kind}",${JSON.stringify(name)},${day},${sessions},${looped},"${sketch}"]`;
}

export function encodeCards(cards: readonly MemoryCard[]): string {
  return `[${cards.map(encodeCard).join()}]`;
}

/** One of the rows. Digits stand as they are: to look for what has to be escaped takes longer than all the rest. */
export function encodeCard(row: MemoryCard): string {
  const { kind, name, sessions, firstMs, lastMs, choice, state, card } = row;
  const counts = `${sessions},${firstMs},${lastMs}`;
  const [chosen, told] = [JSON.stringify(choice ?? null), JSON.stringify(card ?? null)];
  const digits = state === undefined ? "null" : `"${state}"`;
  return `["${kind}",${JSON.stringify(name)},${counts},${chosen},${digits},${told}]`;
}

/**
 * One of the rows, so that they can be written one after the other.
 *
 * @param names each as {@link encodeName} writes it
 */
export function encodeFolded(
  { key, size, day, sketch }: Omit<FoldedSession, "names">,
  names: readonly string[],
): string {
  return `[${key},${size},${day},"[${names.join()}]","${sketch}"]`;
}

/** Kind and name, as they stand in the text of a list within the text of a row. */
export function encodeName({ kind, name }: MemoryName): string {
  return JSON.stringify(`"${kind}",${JSON.stringify(name)}`).slice(1, -1);
}

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
    key: integer(row, "key"),
    profile: rememberedIn(row),
    size: integer(row, "size"),
    lastMs: integer(row, "last_ms"),
    before:
      sketch === undefined
        ? undefined
        : { sketch, day: integer(row, "day"), names: namesIn(text(row, "names")) },
  };
}

/** Kind and name, one after the other. */
export function namesIn(encoded: string): readonly MemoryName[] {
  const words = JSON.parse(encoded) as string[]; // Only `encodeFolded` writes it.
  return words.flatMap((kind, at) =>
    at % 2 === 0 ? [{ kind: kind as MemoryKind, name: words[at + 1] ?? "" }] : [],
  );
}

export function memoryNameOf(row: Row): MemoryName {
  // The fold writes no other kinds.
  return { kind: text(row, "kind") as MemoryKind, name: text(row, "name") };
}
