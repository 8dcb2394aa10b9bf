/** Wraps and unwraps the servers in the text of a configuration file, touching nothing else. */
import { isDeepStrictEqual } from "node:util";
import type { Client } from "./clients.ts";
import type { Place } from "./place.ts";
import { entriesOf, type Launch, type ServerEntry } from "./server-entry.ts";
import { readSource } from "./source/read-source.ts";
import { dataOf, literalOf, type SourceMember } from "./source/source-node.ts";
import { isOurShell, type Original, type Wrapped, wrappedWords } from "./wrapped-command.ts";

export interface ServerOutcome {
  readonly name: string;
  readonly outcome: "wrapped" | "unwrapped" | "left";
  readonly reason?: string;
}

export interface TextOutcome {
  readonly text: string;
  readonly servers: readonly ServerOutcome[];
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

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
    entries.flatMap(({ state }) => editsTo(state.launch, plain, place)),
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

/**
 * The text with every wrapped server as it was; what was edited since is kept.
 *
 * @throws {SourceError} when the text is not of the client's format
 */
export function unwrapText(text: string, client: Client, place: Place): TextOutcome {
  const entries = entriesOf(readSource(text, client.format), client, place);
  let plain = text;
  const servers: ServerOutcome[] = [];
  for (const { name, state } of [...entries].reverse()) {
    if (state.kind !== "wrapped") continue;
    plain = applied(plain, editsBack(state.launch, state.wrapped, text));
    servers.unshift({ name, outcome: "unwrapped" });
  }
  return { text: plain, servers };
}

function editsTo(launch: Launch, text: string, place: Place): readonly Edit[] {
  const { command, args, argsName, isOneList } = launch;
  const original: Original = {
    command: textOf(command, text),
    ...(args ? { args: textOf(args, text) } : {}),
  };
  const [program = "", ...rest] = wrappedWords(launch.words, original, place);
  if (isOneList) return [replacing(command, literalOf([program, ...rest]))];
  const first = replacing(command, literalOf(program));
  if (args) return [first, replacing(args, literalOf(rest))];
  return [{ ...first, text: first.text + command.sibling(argsName, literalOf(rest)) }];
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

function textOf({ region }: SourceMember, text: string): string {
  return text.slice(region.start, region.end);
}

function replacing({ region, lead }: SourceMember, literal: string): Edit {
  return { ...region, text: lead + literal };
}

function restoring({ region }: SourceMember, text: string): Edit {
  return { ...region, text };
}

function applied(text: string, edits: readonly Edit[]): string {
  return [...edits]
    .sort((left, right) => right.start - left.start)
    .reduce((rest, edit) => rest.slice(0, edit.start) + edit.text + rest.slice(edit.end), text);
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
  const { command, args } = state.launch;
  const words = state.kind === "wrapped" ? state.wrapped.words : state.launch.words;
  const others = node.members.filter((member) => member !== command && member !== args);
  return [name, words, others.map(({ key, node: value }) => [key, dataOf(value)])];
}
