/**
 * TOML with the ranges of its values. Whether the text is TOML, and what a text literal means, is
 * the library's to say; this reads only where things stand.
 */
import { parse, TomlError } from "smol-toml";
import { SourceError, type SourceMember, type SourceNode } from "./source-node.ts";

/** A map that is still being filled: tables of one name may be spread over the file. */
interface OpenMap {
  readonly kind: "map";
  readonly members: SourceMember[];
  readonly start: number;
  readonly end: number;
}

interface KeyPath {
  readonly keys: readonly string[];
  readonly start: number;
  /** Where the last key begins. */
  readonly lastStart: number;
}

export function readToml(text: string): SourceNode | undefined {
  const plain = text.startsWith("\ufeff") ? ` ${text.slice(1)}` : text;
  try {
    parse(plain);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    throw new SourceError(error.line, sentenceOf(error));
  }
  return plain.trim() === "" ? undefined : new TomlScanner(plain).document();
}

/** The library's own words without its title; they name what is wrong, and nothing of the file. */
function sentenceOf({ message }: TomlError): string {
  const [first = ""] = message.split("\n");
  const reason = first.replace(/^Invalid TOML document: /, "");
  return SENTENCES[reason] ?? reason;
}

const SENTENCES: Readonly<Record<string, string>> = {
  "invalid value": "a value is missing, or is a text without quotes",
  "expected comma or end of structure": "a comma or a closing bracket is missing",
  "unfinished string": "a text has no closing quote",
  "each key-value declaration must be followed by an end-of-line":
    "something follows a value on its line",
  "incomplete key-value: cannot find end of key": "a closing ] or an equals sign is missing",
  "illegal character in key": "a name has a sign that needs quotes, or an equals sign is missing",
  "trying to redefine an already defined table or value": "a name is there twice",
  "unexpected end of key": "a name is missing",
  "illegal leading zero": "a number begins with a zero",
  "unrecognised escape sequence":
    "a text in double quotes has a backslash before a sign that needs none",
};

class TomlScanner {
  readonly #text: string;
  readonly #newLine: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#newLine = text.includes("\r\n") ? "\r\n" : "\n";
  }

  document(): SourceNode {
    const root: OpenMap = { kind: "map", members: [], start: 0, end: this.#text.length };
    let table = root;
    for (this.#skipBlank(); this.#at < this.#text.length; this.#skipBlank()) {
      if (this.#peek("[")) table = this.#header(root);
      else this.#pair(table, false);
    }
    return root;
  }

  #header(root: OpenMap): OpenMap {
    const isList = this.#text.startsWith("[[", this.#at);
    this.#at += isList ? 2 : 1;
    const path = this.#keyPath();
    this.#at += isList ? 2 : 1;
    const parent = this.#descend(root, path.keys.slice(0, -1));
    const name = path.keys.at(-1) ?? "";
    if (!isList) return this.#descend(parent, [name]);
    const item = this.#emptyMap();
    const list = parent.members.find(({ key }) => key === name)?.node;
    if (list?.kind === "list") (list.items as SourceNode[]).push(item);
    else this.#add(parent, name, { kind: "list", items: [item], start: this.#at, end: this.#at });
    return item;
  }

  /** The map under these keys; a list of tables stands for its last one. */
  #descend(from: OpenMap, keys: readonly string[]): OpenMap {
    let map = from;
    for (const key of keys) {
      const known = map.members.find((member) => member.key === key)?.node;
      const node = known?.kind === "list" ? known.items.at(-1) : known;
      if (node?.kind === "map") {
        // True because every map of this tree is made here, as an open one.
        map = node as OpenMap;
        continue;
      }
      const made = this.#emptyMap();
      this.#add(map, key, made);
      map = made;
    }
    return map;
  }

  #emptyMap(): OpenMap {
    return { kind: "map", members: [], start: this.#at, end: this.#at };
  }

  #add(map: OpenMap, key: string, node: SourceNode): void {
    const region = { start: node.start, end: node.end };
    map.members.push({ key, node, region, lead: "", sibling: () => "" });
  }

  #pair(table: OpenMap, isInline: boolean): void {
    const path = this.#keyPath();
    this.#at += 1; // The equals sign.
    this.#skipSpace();
    const node = this.#value();
    const map = this.#descend(table, path.keys.slice(0, -1));
    const lineStart = this.#text.lastIndexOf("\n", path.start - 1) + 1;
    // Other keys of the same map repeat what stands before the last key: indentation and dotted keys.
    const before = this.#text.slice(isInline ? path.start : lineStart, path.lastStart);
    const separator = isInline ? ", " : this.#newLine;
    map.members.push({
      key: path.keys.at(-1) ?? "",
      node,
      region: { start: node.start, end: node.end },
      lead: "",
      sibling: (name, literal) => `${separator}${before.replace("\ufeff", "")}${name} = ${literal}`,
    });
  }

  #keyPath(): KeyPath {
    this.#skipSpace();
    const start = this.#at;
    const keys: string[] = [];
    let lastStart = start;
    for (;;) {
      this.#skipSpace();
      lastStart = this.#at;
      keys.push(this.#key());
      this.#skipSpace();
      if (!this.#peek(".")) return { keys, start, lastStart };
      this.#at += 1;
    }
  }

  #key(): string {
    if (this.#peek('"') || this.#peek("'")) return this.#string().value;
    const [word = ""] = this.#match(/[A-Za-z0-9_-]*/y);
    this.#at += Math.max(word.length, 1);
    return word;
  }

  #value(): SourceNode {
    const start = this.#at;
    if (this.#peek('"') || this.#peek("'")) return this.#string();
    if (this.#peek("[")) {
      const items: SourceNode[] = [];
      this.#enclosed("]", () => items.push(this.#value()));
      return { kind: "list", items, start, end: this.#at };
    }
    if (this.#peek("{")) {
      const map = { kind: "map", members: [], start, end: start } as OpenMap;
      this.#enclosed("}", () => this.#pair(map, true));
      return { ...map, end: this.#at };
    }
    const [word = ""] = this.#match(/[^,\]}#\r\n]*/y);
    const text = word.trimEnd();
    this.#at += Math.max(text.length, 1);
    const value = text === "true" ? true : text === "false" ? false : text;
    return { kind: "other", value, start, end: this.#at };
  }

  #enclosed(close: string, readOne: () => void): void {
    this.#at += 1;
    for (this.#skipBlank(); !this.#peek(close); this.#skipBlank()) {
      if (this.#peek(",")) this.#at += 1;
      else readOne();
    }
    this.#at += 1;
  }

  #string() {
    const start = this.#at;
    const quote = this.#text[start] ?? '"';
    const fence = this.#text.startsWith(quote.repeat(3), start) ? quote.repeat(3) : quote;
    let end = start + fence.length;
    while (!this.#text.startsWith(fence, end)) {
      end += quote === '"' && this.#text[end] === "\\" ? 2 : 1;
    }
    end += fence.length;
    // Up to two quotes may stand right before the closing three.
    while (fence.length === 3 && this.#text[end] === quote) end += 1;
    this.#at = end;
    const value = String(parse(`value = ${this.#text.slice(start, end)}`).value);
    return { kind: "text", value, start, end } as const;
  }

  #skipBlank(): void {
    const [blank = ""] = this.#match(/(?:[ \t\r\n]|#[^\n]*)*/y);
    this.#at += blank.length;
  }

  #skipSpace(): void {
    const [space = ""] = this.#match(/[ \t]*/y);
    this.#at += space.length;
  }

  #match(pattern: RegExp): readonly string[] {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text) ?? [];
  }

  #peek(text: string): boolean {
    return this.#text.startsWith(text, this.#at);
  }
}
