/** Puts the settings of an exporter into a client's file, and takes them out again. */
import { FileLeft } from "../../machine/config-file.ts";
import { insertedInto, textWithout } from "../source/json-edit.ts";
import { readJson } from "../source/json-source.ts";
import { memberOf, type SourceMap, type SourceNode } from "../source/source-node.ts";
import { readToml } from "../source/toml-source.ts";
import type { Destination, MemberForm, TableForm, TelemetryFile } from "./telemetry-files.ts";

/** What was made to hold our settings, so that it goes with them. */
export interface Made {
  /** The members that are ours; what somebody had set before stays his. */
  readonly names: readonly string[];
  readonly container: boolean;
  /** The object that the whole file is. */
  readonly document: boolean;
  readonly file: boolean;
}

export interface Set {
  readonly text: string;
  readonly made: Made;
}

const BEGIN = "# caum: telemetry";
const END = "# caum: end of telemetry";
/** The file did not end with the end of a line. */
const UNENDED = " (after an unended line)";
/** How the keys of a collector begin. */
const KEY = /(?:x-api-key=|:\/\/caum:)caum_/;
const TAKEN = "has settings of its own for this: remove them to send to caum";

/**
 * The text with the settings, in the place of those that are there.
 *
 * @param made what an earlier call made, when there was one
 * @throws {FileLeft} where the person has set the exporter
 * @throws {SourceError} when the text is not what it should be
 */
export function setTelemetry(
  text: string | undefined,
  { form }: TelemetryFile,
  to: Destination,
  made: Made | undefined,
): Set {
  const plain = clearTelemetry(text ?? "", { form }, made) ?? "";
  const file = made?.file ?? text === undefined;
  if ("table" in form) return { text: withTable(plain, form, to), made: { ...NOTHING, file } };
  return withMembers(plain, form, to, file);
}

const NOTHING: Made = { names: [], container: false, document: false, file: false };

/** The text without the settings; undefined where nothing but ours was in the file. */
export function clearTelemetry(
  text: string,
  { form }: Pick<TelemetryFile, "form">,
  made: Made | undefined,
): string | undefined {
  const rest = "table" in form ? withoutTable(text) : withoutMembers(text, form, made);
  if (rest === text) return text;
  if (made?.file && /^\s*(?:\{\s*\}\s*)?$/.test(rest)) return undefined;
  return made?.document ? rest.replace(/^(\s*)\{\s*\}\s*$/, "$1") : rest;
}

/** Where the file sends to, when it is ours. */
export function sentTo(text: string, { form }: Pick<TelemetryFile, "form">): string | undefined {
  if ("table" in form) {
    const block = TABLE.exec(text)?.[0];
    return block && addressIn(block);
  }
  const container = containerOf(text, form);
  if (!isOurs(container, form)) return undefined;
  const values = container?.members.map(({ node }) => (node.kind === "text" ? node.value : ""));
  return addressIn(values?.join(" ") ?? "");
}

function addressIn(text: string): string | undefined {
  const [address] = /https?:\/\/[^\s"/]+/.exec(text) ?? [];
  return address?.replace(/\/\/[^@]*@/, "//");
}

function withMembers(text: string, form: MemberForm, to: Destination, file: boolean): Set {
  const newLine = text.includes("\r\n") ? "\r\n" : "\n";
  const wanted = Object.entries(form.members(to));
  const container = containerOf(text, form);
  const isThere = (name: string) => memberOf(container, name) !== undefined;
  if (container !== undefined && !form.isShared) throw new FileLeft(TAKEN);
  const names: string[] = [];
  for (const [name, value] of wanted) {
    if (!isThere(name)) names.push(name);
    else if (textOf(memberOf(container, name)?.node) !== value) throw new FileLeft(TAKEN);
  }
  if (!names.includes(form.known)) throw new FileLeft(TAKEN);
  const parts = wanted
    .filter(([name]) => names.includes(name))
    .map(([name, value]) => `"${name}": ${JSON.stringify(value)}`);
  const root = readJson(text);
  const made = { names, container: container === undefined, document: root === undefined, file };
  if (container) return { text: insertedInto(text, container, parts, `${newLine}    `), made };
  const member = `"${form.container}": {${newLine}    ${parts.join(`,${newLine}    `)}${newLine}  }`;
  if (root === undefined) {
    return { text: `${text}{${newLine}  ${member}${newLine}}${newLine}`, made };
  }
  if (root.kind !== "map") throw new FileLeft("holds no object");
  return { text: insertedInto(text, root, [member], `${newLine}  `), made };
}

function withoutMembers(text: string, form: MemberForm, made: Made | undefined): string {
  let rest = text;
  if (!isOurs(containerOf(rest, form), form)) return rest;
  // What is known of the members, where nobody noted which of them are ours.
  const names = made?.names ?? Object.keys(form.members({ url: "", key: "" }));
  for (const name of names) {
    const container = containerOf(rest, form);
    const member = memberOf(container, name);
    if (container && member) rest = textWithout(rest, container, member);
  }
  const root = readJson(rest);
  const container = memberOf(root, form.container);
  const isEmpty = container?.node.kind === "map" && container.node.members.length === 0;
  return root && container && isEmpty && made?.container !== false
    ? textWithout(rest, root, container)
    : rest;
}

function containerOf(text: string, form: MemberForm): SourceMap | undefined {
  const node = memberOf(readJson(text), form.container)?.node;
  return node?.kind === "map" ? node : undefined;
}

function isOurs(container: SourceMap | undefined, { known }: MemberForm): boolean {
  const value = textOf(memberOf(container, known)?.node);
  return typeof value === "string" && KEY.test(value);
}

function textOf(node: SourceNode | undefined): unknown {
  return node?.kind === "text" || node?.kind === "other" ? node.value : undefined;
}

const TABLE = new RegExp(`${BEGIN}[^\\n]*\\n[\\s\\S]*?${END}\\n?`);

function withTable(text: string, { table, lines }: TableForm, to: Destination): string {
  if (memberOf(readToml(text), table) !== undefined) throw new FileLeft(TAKEN);
  const isEnded = text === "" || text.endsWith("\n");
  const begin = isEnded ? BEGIN : `\n${BEGIN}${UNENDED}`;
  return `${text}${[begin, ...lines(to), END, ""].join("\n")}`;
}

function withoutTable(text: string): string {
  const found = TABLE.exec(text);
  if (found === null) return text;
  const { index } = found;
  const isUnended = found[0].startsWith(`${BEGIN}${UNENDED}`);
  const start = isUnended && text[index - 1] === "\n" ? index - 1 : index;
  return text.slice(0, start) + text.slice(index + found[0].length);
}
