/** Puts the hooks of Claude Code into the text of its settings, and takes them out again. */
import { readJson } from "./source/json-source.ts";
import { memberOf, type SourceMember, type SourceNode } from "./source/source-node.ts";

/** What is seen: tools before and after, messages, and the ends of turns and sessions. */
const WITH_MATCHER = ["PreToolUse", "PermissionRequest", "PostToolUse", "PostToolUseFailure"];
const WITHOUT_MATCHER = ["PostToolBatch", "UserPromptSubmit", "Stop", "SubagentStop", "SessionEnd"];
const HOOK_SECONDS = 10;

/** Ends the command as a comment of the shell; the letters say which containers are ours. */
const MARKER = /# caum-hook:([eh]*)$/;
const OWN_EVENT = "e";
const OWN_HOOKS = "h";

/**
 * The text with our hooks; hooks that are there already are replaced.
 *
 * @throws {SourceError} when the text is no JSON
 */
export function addHooks(text: string, command: string): string {
  const plain = removeHooks(text);
  const root = readJson(plain);
  const space = { newLine: plain.includes("\r\n") ? "\r\n" : "\n", command };
  if (root === undefined)
    return `${plain}{${space.newLine}  ${hooksMember(space)}${space.newLine}}${space.newLine}`;
  const hooks = memberOf(root, "hooks")?.node;
  if (!hooks) return inserted(plain, root, [hooksMember(space)], `${space.newLine}  `);
  let changed = plain;
  for (const event of [...WITH_MATCHER, ...WITHOUT_MATCHER].reverse()) {
    const current = memberOf(readJson(changed), "hooks")?.node;
    const list = memberOf(current, event)?.node;
    if (!current) break;
    changed = list
      ? inserted(changed, list, [groupOf(event, "", space)], `${space.newLine}      `)
      : inserted(changed, current, [eventMember(event, OWN_EVENT, space)], `${space.newLine}    `);
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
    rest = without(rest, found.container, found.part);
  }
  return rest;
}

/** Whether nothing but what `addHooks` made of an empty text was in there. */
export function isEmptySettings(text: string): boolean {
  return /^\ufeff?\s*(\{\s*\})?\s*$/.test(text);
}

interface Wording {
  readonly newLine: string;
  readonly command: string;
}

function hooksMember(wording: Wording): string {
  const events = [...WITH_MATCHER, ...WITHOUT_MATCHER].map((event) =>
    eventMember(event, OWN_EVENT + OWN_HOOKS, wording),
  );
  const { newLine } = wording;
  return `"hooks": {${newLine}    ${events.join(`,${newLine}    `)}${newLine}  }`;
}

function eventMember(event: string, marks: string, wording: Wording): string {
  const { newLine } = wording;
  return `"${event}": [${newLine}      ${groupOf(event, marks, wording)}${newLine}    ]`;
}

function groupOf(event: string, marks: string, { command }: Wording): string {
  const hook = {
    type: "command",
    command: `${command} # caum-hook:${marks}`,
    timeout: HOOK_SECONDS,
  };
  const matcher = WITH_MATCHER.includes(event) ? { matcher: "*" } : {};
  return JSON.stringify({ ...matcher, hooks: [hook] });
}

/** Right behind the opening bracket, so that taking out what is in front restores every byte. */
function inserted(
  text: string,
  container: SourceNode,
  parts: readonly string[],
  space: string,
): string {
  const count = partsOf(container).length;
  const at = container.start + 1;
  const added = parts.map((part) => space + part).join(",") + (count > 0 ? "," : "");
  return text.slice(0, at) + added + text.slice(at);
}

interface Found {
  readonly container: SourceNode;
  readonly part: SourceNode | SourceMember;
}

/** The outermost part that is ours as a whole. */
function firstOfOurs(text: string): Found | undefined {
  const root = readJson(text);
  const hooks = root && memberOf(root, "hooks");
  if (!root || hooks?.node.kind !== "map") return undefined;
  const events = hooks.node.members;
  const isAllOurs = events.length > 0 && events.every(({ node }) => isOurs(node, OWN_HOOKS));
  if (isAllOurs) return { container: root, part: hooks };
  const event = events.find(({ node }) => isOurs(node, OWN_EVENT));
  if (event) return { container: hooks.node, part: event };
  for (const { node } of events) {
    const group = node.kind === "list" && node.items.find((item) => marksOf(item) !== undefined);
    if (group) return { container: node, part: group };
  }
  return undefined;
}

/** A list of ours holds one group, and its mark says that we made the list. */
function isOurs(node: SourceNode, mark: string): boolean {
  if (node.kind !== "list" || node.items.length !== 1) return false;
  return marksOf(node.items[0])?.includes(mark) ?? false;
}

function marksOf(group: SourceNode | undefined): string | undefined {
  const hooks = memberOf(group, "hooks")?.node;
  const [only, ...more] = hooks?.kind === "list" ? hooks.items : [];
  const command = memberOf(only, "command")?.node;
  if (more.length > 0 || command?.kind !== "text") return undefined;
  return MARKER.exec(command.value)?.[1];
}

function without(text: string, container: SourceNode, part: SourceNode | SourceMember): string {
  const parts = partsOf(container);
  const end = endOf(part);
  const previous = parts[parts.indexOf(part) - 1];
  if (previous) return text.slice(0, endOf(previous)) + text.slice(end);
  return text.slice(0, container.start + 1) + text.slice(text[end] === "," ? end + 1 : end);
}

function partsOf(container: SourceNode): readonly (SourceNode | SourceMember)[] {
  if (container.kind === "map") return container.members;
  return container.kind === "list" ? container.items : [];
}

function endOf(part: SourceNode | SourceMember): number {
  return "region" in part ? part.region.end : part.end;
}
