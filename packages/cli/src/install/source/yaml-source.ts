import { createRequire } from "node:module";
import type { ErrorCode, Node, Pair, Scalar, YAMLMap } from "yaml";
import { lineAt, SourceError, type SourceMember, type SourceNode } from "./source-node.ts";

const require = createRequire(import.meta.url);
let library: typeof import("yaml") | undefined;

/** The library, loaded at the first file of YAML: few machines have one. */
function yaml(): typeof import("yaml") {
  library ??= require("yaml") as typeof import("yaml"); // True by the name.
  return library;
}

/** For the mistakes that people make by hand. */
const SENTENCES: Readonly<Partial<Record<ErrorCode, string>>> = {
  ALIAS_PROPS: "an alias has a tag or an anchor of its own",
  BAD_DQ_ESCAPE: "a text in double quotes has a backslash before a sign that needs none",
  BAD_INDENT: "the indentation does not fit, or a bracket is not closed",
  BAD_SCALAR_START: "a text begins with a sign that needs quotes around the text",
  BLOCK_AS_IMPLICIT_KEY: "a colon too many, or one that needs quotes around its text",
  BLOCK_IN_FLOW: "a list or a map with indentation stands between brackets",
  DUPLICATE_KEY: "a key is there twice",
  MISSING_CHAR: "a quote, a bracket, a comma or a colon is missing",
  MULTILINE_IMPLICIT_KEY: "a line has a key without a colon",
  MULTIPLE_DOCS: "it holds more than one document",
  TAB_AS_INDENT: "a tab is used as indentation",
  UNEXPECTED_TOKEN: "a sign stands where none may be",
};

/** One YAML document; undefined when it holds no value. */
export function readYaml(text: string): SourceNode | undefined {
  const { LineCounter, parseDocument } = yaml();
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, keepSourceTokens: true, uniqueKeys: true });
  const [error] = document.errors;
  if (error) {
    const line = lineCounter.linePos(error.pos[0]).line;
    throw new SourceError(line, SENTENCES[error.code] ?? "a sign stands where none may be");
  }
  return document.contents ? nodeOf(document.contents as Node, text) : undefined;
}

function nodeOf(node: Node, text: string): SourceNode {
  const range = { start: node.range?.[0] ?? 0, end: node.range?.[1] ?? 0 };
  if (yaml().isMap(node)) {
    const members = node.items.map((pair) => memberFrom(pair, node, text));
    const isShared = node.anchor !== undefined || members.some(({ key }) => key === "<<");
    return { kind: "map", members, isShared, ...range };
  }
  if (yaml().isSeq(node)) {
    if (node.anchor !== undefined || node.tag !== undefined) {
      return { kind: "other", value: node.toString(), ...range };
    }
    const items = node.items.map((item) => nodeOf(item as Node, text));
    const isFlow = node.flow === true;
    const last = items.at(-1);
    // The end of a block list would include the comments that follow it.
    const end = isFlow || !last ? range.end : last.end;
    return { kind: "list", items, start: range.start, end };
  }
  if (yaml().isAlias(node)) return { kind: "other", value: `*${node.source}`, ...range };
  // True because documents hold maps, lists, aliases and scalars only.
  const scalar = node as Scalar;
  if (typeof scalar.value !== "string") return { kind: "other", value: scalar.value, ...range };
  return { kind: "text", value: scalar.value, isOdd: isOdd(scalar), ...range };
}

function isOdd({ anchor, tag, type }: Scalar): boolean {
  return anchor !== undefined || tag !== undefined || (type ?? "").startsWith("BLOCK");
}

function memberFrom(pair: Pair, parent: YAMLMap, text: string): SourceMember {
  const key = pair.key as Node | null;
  if (!yaml().isScalar(key)) throw new SourceError(lineOf(key, text), "a key that is no text");
  const [keyStart, keyEnd] = key.range ?? [0, 0];
  const node = pair.value
    ? nodeOf(pair.value as Node, text)
    : ({ kind: "other", value: null, start: keyEnd, end: keyEnd } as const);
  const colon = text.indexOf(":", keyEnd) + 1;
  const isFlow = parent.flow === true;
  const lineStart = text.lastIndexOf("\n", keyStart - 1) + 1;
  // The first key of a list item stands behind its dash; the others stand in its column.
  const indent = " ".repeat(keyStart - lineStart);
  const newLine = text.includes("\r\n") ? "\r\n" : "\n";
  return {
    key: String(key.value),
    node,
    region: { start: Math.min(colon, node.start), end: node.end },
    lead: " ",
    sibling: (name, literal) =>
      isFlow ? `, ${name}: ${literal}` : `${newLine}${indent}${name}: ${literal}`,
  };
}

function lineOf(node: Node | null, text: string): number {
  return lineAt(text, node?.range?.[0] ?? 0);
}
