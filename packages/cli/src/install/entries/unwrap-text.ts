/** Takes what is ours out of the text of a configuration file, touching nothing else. */
import { isDeepStrictEqual } from "node:util";
import type { Place } from "../../machine/place.ts";
import type { Client } from "../clients/clients.ts";
import { readSource } from "../source/read-source.ts";
import { literalOf } from "../source/source-node.ts";
import { entriesOf, type Launch, type ServerEntry } from "./server-entry.ts";
import { applied, type Edit, replacing, restoring } from "./text-edit.ts";
import { isOurShell, type Wrapped } from "./wrapped-command.ts";

export interface ServerOutcome {
  readonly name: string;
  readonly outcome: "wrapped" | "unwrapped" | "left";
  readonly reason?: string;
}

export interface TextOutcome {
  readonly text: string;
  readonly servers: readonly ServerOutcome[];
}

/**
 * The text with every wrapped server as it was; what was edited since is kept.
 *
 * @throws {SourceError} when the text is not of the client's format
 */
export function unwrapText(text: string, client: Client, place: Place): TextOutcome {
  const entries = entriesOf(readSource(text, client.format), client, place);
  const wrapped = entries.filter(isWrapped);
  const servers = wrapped.map(({ name }): ServerOutcome => ({ name, outcome: "unwrapped" }));
  if (wrapped.length === 0) return { text, servers };
  const restored = undone(text, wrapped, true);
  if (saysTheSame(restored, entries, client, place)) return { text: restored, servers };
  // Around them the file was written anew, so that the old text does not fit in any more.
  return { text: undone(text, wrapped, false), servers };
}

type WrappedEntry = ServerEntry & { readonly state: { readonly kind: "wrapped" } };

function isWrapped(entry: ServerEntry): entry is WrappedEntry {
  return entry.state.kind === "wrapped";
}

/** @param isExact with the text that was replaced; else with the words as they are */
function undone(text: string, entries: readonly WrappedEntry[], isExact: boolean): string {
  const edits = entries.flatMap(({ state: { launch, wrapped } }) =>
    editsBack(launch, isExact ? wrapped : { ...wrapped, original: undefined }, text),
  );
  return applied(text, edits);
}

function saysTheSame(
  text: string,
  before: readonly ServerEntry[],
  client: Client,
  place: Place,
): boolean {
  try {
    const after = entriesOf(readSource(text, client.format), client, place);
    const wordsOf = ({ state }: ServerEntry) => {
      if (state.kind === "left") return [];
      return state.kind === "wrapped" ? state.wrapped.words : state.launch.words;
    };
    return before.every((entry, index) => {
      const same = after[index];
      // An entry that is left alone once it is unwrapped has words that are not looked at.
      return (
        same?.name === entry.name &&
        (same.state.kind !== "ready" ||
          isDeepStrictEqual(wordsOf(same), wordsOf(entry)) ||
          !isOurShell(startOf(entry)))
      );
    });
  } catch {
    return false;
  }
}

/** The program of the entry as it stands in the file. */
function startOf({ state }: ServerEntry): string {
  return state.kind === "left" ? "" : (state.launch.words[0] ?? "");
}

function editsBack(launch: Launch, wrapped: Wrapped, text: string): readonly Edit[] {
  const { command, args, isOneList } = launch;
  const { words, original } = wrapped;
  const [program = "", ...rest] = words;
  if (isOneList) {
    return [original ? restoring(command, original.command) : replacing(command, literalOf(words))];
  }
  // A command that is not our shell any more was given by the person; only the rest is ours.
  const isOurs = isOurShell(launch.words[0] ?? "");
  const back = original
    ? restoring(command, original.command)
    : replacing(command, literalOf(program));
  const edits = isOurs ? [back] : [];
  if (!args) return edits;
  if (original?.args !== undefined) return [...edits, restoring(args, original.args)];
  const between = text.slice(command.region.end, args.region.start);
  const isInserted = /^\s*,?\s*(?:[\w.-]+\.)?"?\w+"?\s*[:=]\s*$/.test(between);
  if (original && isInserted && command.region.end < args.region.start) {
    return [...edits, { start: command.region.end, end: args.region.end, text: "" }];
  }
  return [...edits, replacing(args, literalOf(rest))];
}
