/** A reader of XML that takes nothing but what XML 1.0 allows, for elements, attributes and text. */

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly elements: readonly XmlElement[];
  readonly text: string;
}

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>';
const NAME = /^[A-Za-z_][\w.-]*/;
/** Characters of XML 1.0, section 2.2. */
const CHARACTERS = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;
const ENTITIES: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

/** @throws {SyntaxError} with what is not allowed */
export function readXml(text: string): XmlElement {
  if (!text.startsWith(DECLARATION)) throw new SyntaxError("no declaration");
  if (!CHARACTERS.test(text)) throw new SyntaxError("a character that XML does not have");
  const reader = new XmlReader(text.slice(DECLARATION.length).trim());
  const root = reader.element();
  reader.end();
  return root;
}

class XmlReader {
  #rest: string;

  constructor(text: string) {
    this.#rest = text;
  }

  end(): void {
    if (this.#rest !== "") throw new SyntaxError("something after the root");
  }

  element(): XmlElement {
    this.#take("<");
    const name = this.#name();
    const attributes = this.#attributes();
    if (this.#has("/>")) return { name, attributes, elements: [], text: "" };
    this.#take(">");
    const elements: XmlElement[] = [];
    let text = "";
    while (!this.#has(`</${name}>`)) {
      if (this.#rest === "" || this.#rest.startsWith("</"))
        throw new SyntaxError(`${name} is open`);
      if (this.#rest.startsWith("<")) elements.push(this.element());
      else text += this.#text(/^[^<]+/);
    }
    return { name, attributes, elements, text };
  }

  #attributes(): Readonly<Record<string, string>> {
    const attributes: Record<string, string> = {};
    while (/^\s+[A-Za-z_]/.test(this.#rest)) {
      this.#rest = this.#rest.trimStart();
      const name = this.#name();
      this.#take('="');
      if (Object.hasOwn(attributes, name)) throw new SyntaxError(`${name} twice`);
      attributes[name] = this.#text(/^[^<"]*/);
      this.#take('"');
    }
    return attributes;
  }

  #name(): string {
    const [name] = NAME.exec(this.#rest) ?? [];
    if (name === undefined) throw new SyntaxError("no name");
    this.#take(name);
    return name;
  }

  #text(pattern: RegExp): string {
    const [raw = ""] = pattern.exec(this.#rest) ?? [];
    this.#take(raw);
    return raw.replace(/&(\w+;)?/g, (_, entity = "") => {
      const meant = ENTITIES[entity.slice(0, -1)];
      if (meant === undefined) throw new SyntaxError(`&${entity} is no entity`);
      return meant;
    });
  }

  #has(expected: string): boolean {
    if (!this.#rest.startsWith(expected)) return false;
    this.#rest = this.#rest.slice(expected.length);
    return true;
  }

  #take(expected: string): void {
    if (!this.#has(expected)) throw new SyntaxError(`no ${expected} at ${this.#rest.slice(0, 20)}`);
  }
}
