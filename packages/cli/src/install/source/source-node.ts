/** A value of a configuration file together with the range of text it stands in. */
export type SourceNode = SourceText | SourceList | SourceMap | SourceOther;

interface Range {
  /** Offsets into the text in UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

interface SourceText extends Range {
  readonly kind: "text";
  readonly value: string;
  /** Written in a way that other text depends on (anchors, block scalars). */
  readonly isOdd?: boolean;
}

export interface SourceList extends Range {
  readonly kind: "list";
  readonly items: readonly SourceNode[];
}

export interface SourceMap extends Range {
  readonly kind: "map";
  readonly members: readonly SourceMember[];
  /** Shares members with other maps (anchors, merge keys), which an edit would change as well. */
  readonly isShared?: boolean;
}

/** Numbers, truth values, dates, aliases. */
interface SourceOther extends Range {
  readonly kind: "other";
  readonly value: unknown;
}

export interface SourceMember {
  readonly key: string;
  readonly node: SourceNode;
  /** What is replaced when the value is: from behind the key in YAML, where lists have no bracket. */
  readonly region: Range;
  /** What stands between the start of the region and a value put there. */
  readonly lead: string;
  /** The text of another member of the same map, to stand right behind this one. */
  readonly sibling: (name: string, literal: string) => string;
}

/** The file cannot be read as what it should be. */
export class SourceError extends Error {
  override readonly name = "SourceError";
  readonly line: number;

  constructor(line: number, reason: string) {
    super(reason);
    this.line = line;
  }
}

/** The member with this key, or nothing when it is absent or there are several. */
export function memberOf(node: SourceNode | undefined, key: string): SourceMember | undefined {
  if (node?.kind !== "map") return undefined;
  const found = node.members.filter((member) => member.key === key);
  return found.length === 1 ? found[0] : undefined;
}

/** The value as plain data. */
export function dataOf(node: SourceNode | undefined): unknown {
  switch (node?.kind) {
    case "map":
      // Pairs, so that a key given twice is not lost.
      return { map: node.members.map(({ key, node: value }) => [key, dataOf(value)]) };
    case "list":
      return node.items.map(dataOf);
    default:
      return node?.value;
  }
}

/** The line of an offset, counted from 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

/** A literal that JSON, YAML and TOML all read as this text. */
export function literalOf(value: string | readonly string[]): string {
  if (typeof value !== "string") return `[${value.map((item) => literalOf(item)).join(", ")}]`;
  return JSON.stringify(value).replace(/\x7f/g, "\\u007f");
}
