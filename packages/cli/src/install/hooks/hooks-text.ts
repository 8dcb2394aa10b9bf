/** Puts our hooks into the text of a client's settings, and takes them out again. */
import { insertedInto, textWithout } from "../source/json-edit.ts";
import { readJson } from "../source/json-source.ts";
import { memberOf, type SourceMember, type SourceNode } from "../source/source-node.ts";

/** An event to register for; tool events take a matcher, which is then "every tool". */
export interface HookedEvent {
  readonly name: string;
  readonly hasMatcher: boolean;
}

/** How a client writes a hook. */
export interface HookForm {
  /** The events stand under `hooks`; else they are the members of the document. */
  readonly isNested: boolean;
  /** An event's list holds hooks; else groups of hooks, each with a matcher. */
  readonly isFlat: boolean;
  /** The member that says how long a hook may take, and the value, in the client's unit. */
  readonly limit: readonly [string, number];
  /** A member that a new document has to begin with. */
  readonly head?: string;
}

/** As Claude Code writes it, and those who took it over. */
export const IN_GROUPS: HookForm = { isNested: true, isFlat: false, limit: ["timeout", 10] };

/** What is registered, and how. */
export interface Hooking {
  readonly form: HookForm;
  readonly events: readonly HookedEvent[];
  readonly command: string;
}

/** Ends the command as a comment of the shell; the letters say which containers are ours. */
const MARKER = /# caum-hook:([eh]*)$/;
const OWN_EVENT = "e";
const OWN_HOOKS = "h";

/**
 * The text with our hooks; hooks that are there already are replaced.
 *
 * @throws {SourceError} when the text is no JSON
 */
export function addHooks(text: string, hooking: Hooking): string {
  const plain = isOwnDocument(text, hooking) ? "" : removeHooks(text);
  const root = readJson(plain);
  const newLine = plain.includes("\r\n") ? "\r\n" : "\n";
  const wording = { ...hooking, newLine };
  if (root === undefined) return `${plain}${newDocument(wording)}`;
  const { isNested } = hooking.form;
  if (isNested && !memberOf(root, "hooks")) {
    return insertedInto(plain, root, [hooksMember(wording)], `${newLine}  `);
  }
  let changed = plain;
  for (const event of [...hooking.events].reverse()) {
    const current = eventsIn(readJson(changed), isNested);
    const list = memberOf(current, event.name)?.node;
    if (!current) break;
    changed = list
      ? insertedInto(changed, list, [entryOf(event, "", wording)], `${newLine}      `)
      : insertedInto(changed, current, [eventMember(event, OWN_EVENT, wording)], `${newLine}    `);
  }
  return changed;
}

/**
 * The text without our hooks.
 *
 * @throws {SourceError} when the text is no JSON
 */
export function removeHooks(text: string): string {
  let rest = text;
  for (let found = firstOfOurs(rest); found; found = firstOfOurs(rest)) {
    rest = textWithout(rest, found.container, found.part);
  }
  return rest;
}

/** Whether the text is what `addHooks` makes of an empty one, with whatever command. */
export function isOwnDocument(text: string, hooking: Hooking): boolean {
  const written = /"command":("(?:[^"\\]|\\.)*?) # caum-hook:/.exec(text)?.[1];
  if (written === undefined) return false;
  const command = String(JSON.parse(`${written}"`));
  return text === newDocument({ ...hooking, command, newLine: "\n" });
}

interface Wording extends Hooking {
  readonly newLine: string;
}

function newDocument(wording: Wording): string {
  const { form, events, newLine } = wording;
  const members = form.isNested
    ? [...(form.head === undefined ? [] : [form.head]), hooksMember(wording)]
    : events.map((event) => eventMember(event, OWN_EVENT, wording));
  return `{${newLine}  ${members.join(`,${newLine}  `)}${newLine}}${newLine}`;
}

function hooksMember(wording: Wording): string {
  const events = wording.events.map((event) => eventMember(event, OWN_EVENT + OWN_HOOKS, wording));
  const { newLine } = wording;
  return `"hooks": {${newLine}    ${events.join(`,${newLine}    `)}${newLine}  }`;
}

function eventMember(event: HookedEvent, marks: string, wording: Wording): string {
  const { newLine } = wording;
  return `"${event.name}": [${newLine}      ${entryOf(event, marks, wording)}${newLine}    ]`;
}

function entryOf({ hasMatcher }: HookedEvent, marks: string, { command, form }: Wording): string {
  const [member, value] = form.limit;
  const marked = `${command} # caum-hook:${marks}`;
  const hook = { type: "command", command: marked, [member]: value };
  if (form.isFlat) return JSON.stringify(hook);
  return JSON.stringify({ ...(hasMatcher && { matcher: "*" }), hooks: [hook] });
}

function eventsIn(root: SourceNode | undefined, isNested: boolean): SourceNode | undefined {
  return isNested ? memberOf(root, "hooks")?.node : root;
}

interface Found {
  readonly container: SourceNode;
  readonly part: SourceNode | SourceMember;
}

/** The outermost part that is ours as a whole. */
function firstOfOurs(text: string): Found | undefined {
  const root = readJson(text);
  const hooks = root && memberOf(root, "hooks");
  if (!root) return undefined;
  const events = hooks?.node.kind === "map" ? hooks.node.members : [];
  const isAllOurs = events.length > 0 && events.every(({ node }) => isOurs(node, OWN_HOOKS));
  if (hooks && isAllOurs) return { container: root, part: hooks };
  return (hooks && oursAmong(hooks.node)) ?? oursAmong(root);
}

/** Whether nested or not, events are lists under names. */
function oursAmong(events: SourceNode): Found | undefined {
  if (events.kind !== "map") return undefined;
  const event = events.members.find(({ node }) => isOurs(node, OWN_EVENT));
  if (event) return { container: events, part: event };
  for (const { node } of events.members) {
    const entry = node.kind === "list" && node.items.find((item) => marksOf(item) !== undefined);
    if (entry) return { container: node, part: entry };
  }
  return undefined;
}

/** A list of ours holds one entry, and its mark says that we made the list. */
function isOurs(node: SourceNode, mark: string): boolean {
  if (node.kind !== "list" || node.items.length !== 1) return false;
  return marksOf(node.items[0])?.includes(mark) ?? false;
}

/** Of a hook, or of a group that holds one hook. */
function marksOf(entry: SourceNode | undefined): string | undefined {
  const hooks = memberOf(entry, "hooks")?.node;
  const [only, ...more] = hooks?.kind === "list" ? hooks.items : [entry];
  const command = memberOf(only, "command")?.node;
  if (more.length > 0 || command?.kind !== "text") return undefined;
  return MARKER.exec(command.value)?.[1];
}
