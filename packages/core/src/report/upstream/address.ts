/** Where a collector is and with which key it is spoken to. */
import { createHash } from "node:crypto";

export interface AddressFacts {
  readonly url: URL;
  readonly apiKey?: string | undefined;
  /** Program and version, for the collector's log. */
  readonly agent: string;
}

const TAG_LENGTH = 16;

export class Address {
  readonly #facts: AddressFacts;
  /**
   * Names the spool of this URL and key. The key has 192 random bits, so its digest tells nothing;
   * records under one tag are never sent under another key.
   */
  readonly tag: string;
  /** The URL without anything secret in it. */
  readonly display: string;

  constructor(facts: AddressFacts) {
    this.#facts = facts;
    const base = new URL(facts.url);
    base.username = "";
    base.password = "";
    base.search = "";
    base.hash = "";
    if (!base.pathname.endsWith("/")) base.pathname += "/";
    this.#facts = { ...facts, url: base };
    this.display = base.href;
    this.tag = createHash("sha256")
      .update(`${base.href}\n${facts.apiKey ?? ""}`)
      .digest("hex")
      .slice(0, TAG_LENGTH);
  }

  at(path: string): URL {
    return new URL(path, this.#facts.url);
  }

  headers(contentType?: string): Record<string, string> {
    const { apiKey, agent } = this.#facts;
    return {
      accept: "application/json",
      "user-agent": agent,
      ...(contentType === undefined ? {} : { "content-type": contentType }),
      ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
    };
  }
}
