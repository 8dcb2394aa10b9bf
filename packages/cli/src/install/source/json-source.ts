import {
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from "jsonc-parser";
import {
  lineAt,
  literalOf,
  SourceError,
  type SourceMember,
  type SourceNode,
} from "./source-node.ts";

/** JSON with comments and trailing commas; undefined when the text holds no value. */
export function readJson(text: string): SourceNode | undefined {
  const errors: ParseError[] = [];
  const root = parseTree(withoutMark(text), errors, {
    allowTrailingComma: true,
    allowEmptyContent: true,
  });
  const [error] = errors;
  if (error) throw new SourceError(lineAt(text, error.offset), sentenceOf(error));
  return root && nodeOf(root);
}

const SENTENCES: Readonly<Record<string, string>> = {
  CloseBraceExpected: "a } is missing",
  CloseBracketExpected: "a ] is missing",
  ColonExpected: "a colon is missing",
  CommaExpected: "a comma is missing",
  EndOfFileExpected: "something follows the end",
  PropertyNameExpected: "a name in quotes is missing",
  ValueExpected: "a value is missing",
  UnexpectedEndOfString: "a text has no closing quote",
  UnexpectedEndOfComment: "a comment has no end",
};

function sentenceOf({ error }: ParseError): string {
  return SENTENCES[printParseErrorCode(error)] ?? "a sign stands where none may be";
}

/** A byte order mark is white space, so that offsets stay those of the text. */
function withoutMark(text: string): string {
  return text.startsWith("\ufeff") ? ` ${text.slice(1)}` : text;
}

function nodeOf(node: Node): SourceNode {
  const range = { start: node.offset, end: node.offset + node.length };
  const children = node.children ?? [];
  switch (node.type) {
    case "object":
      return { kind: "map", members: children.map(memberFrom), ...range };
    case "array":
      return { kind: "list", items: children.map(nodeOf), ...range };
    case "string":
      return { kind: "text", value: String(node.value), ...range };
    default:
      return { kind: "other", value: getNodeValue(node), ...range };
  }
}

function memberFrom(property: Node): SourceMember {
  const [key, value] = property.children ?? [];
  if (!key || !value) throw new SourceError(1, "a key without a value");
  const node = nodeOf(value);
  return {
    key: String(key.value),
    node,
    region: { start: node.start, end: node.end },
    lead: "",
    sibling: (name, literal) => `, ${literalOf(name)}: ${literal}`,
  };
}
