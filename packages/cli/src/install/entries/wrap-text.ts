/** Wraps the servers in the text of a configuration file, touching nothing else. */
import { isDeepStrictEqual } from "node:util";
import type { Place } from "../../machine/place.ts";
import type { Client } from "../clients/clients.ts";
import { readSource } from "../source/read-source.ts";
import { dataOf, literalOf, type SourceMember } from "../source/source-node.ts";
import type { Original } from "./marker.ts";
import { entriesOf, type ServerEntry } from "./server-entry.ts";
import { applied, type Edit, replacing } from "./text-edit.ts";
import { type ServerOutcome, type TextOutcome, unwrapText } from "./unwrap-text.ts";
import { wrappedWords } from "./wrapped-command.ts";

/**
 * The text with every server wrapped that can be. Wrapping what is wrapped already changes nothing.
 *
 * @throws {SourceError} when the text is not of the client's format
 */
export function wrapText(text: string, client: Client, place: Place): TextOutcome {
  const plain = unwrapText(text, client, place).text;
  const job = { plain, client, place };
  const entries = entriesOf(readSource(plain, client.format), client, place);
  const ready = entries.filter(isReady);
  const all = wrapSome(plain, ready, job);
  // One that cannot be edited must not keep the others from being wrapped.
  const done = all === undefined ? wrapEach(ready, job) : { text: all, wrapped: new Set(ready) };
  const servers = entries.map((entry): ServerOutcome => {
    const { name, state } = entry;
    if (isReady(entry) && done.wrapped.has(entry)) return { name, outcome: "wrapped" };
    const reason = state.kind === "left" ? state.reason : "is written in a way that is not edited";
    return { name, outcome: "left", reason };
  });
  return { text: done.text, servers };
}

interface Job {
  /** The text with nothing wrapped: what undoing must lead back to. */
  readonly plain: string;
  readonly client: Client;
  readonly place: Place;
}

type ReadyEntry = ServerEntry & { readonly state: { readonly kind: "ready" } };

function isReady(entry: ServerEntry): entry is ReadyEntry {
  return entry.state.kind === "ready";
}

/** @returns undefined when the edited text would not do */
function wrapSome(text: string, entries: readonly ReadyEntry[], job: Job): string | undefined {
  const { plain, place } = job;
  const edited = applied(
    text,
    entries.flatMap((entry) => editsTo(entry, plain, place)),
  );
  return holds(edited, entries, job) ? edited : undefined;
}

function wrapEach(entries: readonly ReadyEntry[], job: Job) {
  const wrapped = new Set<ReadyEntry>();
  for (const entry of entries) {
    if (wrapSome(job.plain, [...wrapped, entry], job) !== undefined) wrapped.add(entry);
  }
  return { text: wrapSome(job.plain, [...wrapped], job) ?? job.plain, wrapped };
}

function editsTo({ name, state }: ReadyEntry, text: string, place: Place): readonly Edit[] {
  const { command, args, argsName, isOneList, words } = state.launch;
  const original: Original = {
    command: textOf(command, text),
    ...(args ? { args: textOf(args, text) } : {}),
  };
  const [program = "", ...rest] = wrappedWords(words, original, name, place);
  if (isOneList) return [replacing(command, literalOf([program, ...rest]))];
  const first = replacing(command, literalOf(program));
  if (args) return [first, replacing(args, literalOf(rest))];
  return [{ ...first, text: first.text + command.sibling(argsName, literalOf(rest)) }];
}

function textOf({ region }: SourceMember, text: string): string {
  return text.slice(region.start, region.end);
}

/** Whether the edit did what it should and can be undone; looked at before anything is written. */
function holds(edited: string, wrapped: readonly ReadyEntry[], job: Job): boolean {
  const { plain, client, place } = job;
  try {
    const before = entriesOf(readSource(plain, client.format), client, place);
    const after = entriesOf(readSource(edited, client.format), client, place);
    const count = after.filter(({ state }) => state.kind === "wrapped").length;
    return (
      count === wrapped.length &&
      isDeepStrictEqual(before.map(essence), after.map(essence)) &&
      unwrapText(edited, client, place).text === plain
    );
  } catch {
    return false;
  }
}

/** What wrapping leaves as it is: the original words and every other field. */
function essence({ name, node, state }: ServerEntry): unknown {
  if (state.kind === "left" || node.kind !== "map") return [name, dataOf(node)];
  const { command, args, within } = state.launch;
  const words = state.kind === "wrapped" ? state.wrapped.words : state.launch.words;
  const inner = within?.node.kind === "map" ? within.node.members : [];
  const others = [...node.members, ...inner].filter(
    (member) => member !== command && member !== args && member !== within,
  );
  return [name, words, others.map(({ key, node: value }) => [key, dataOf(value)])];
}
