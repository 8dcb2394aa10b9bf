interface Entry {
  readonly host: string;
  /** Any port when absent. */
  readonly port: string | undefined;
}

/** Internal targets that the operator opened; everybody who may set rules can reach them. */
export class AllowList {
  readonly #entries: readonly Entry[];

  /**
   * @param entries `host` or `host:port`; IPv6 in brackets
   * @throws {Error} naming the entry that is none
   */
  constructor(entries: readonly string[] = []) {
    this.#entries = entries.map(entryOf);
  }

  allows(url: URL): boolean {
    const host = hostOf(url);
    return this.#entries.some(
      (entry) => entry.host === host && (entry.port === undefined || entry.port === portOf(url)),
    );
  }
}

/** The host as it is compared: lower case, without brackets and without the dot of the root. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
}

function portOf({ port, protocol }: URL): string {
  return port || (protocol === "https:" ? "443" : "80");
}

function entryOf(text: string): Entry {
  const [, host, port] = /^(\[[^\]]+\]|[^:/@?#\s]+)(?::(\d{1,5}))?$/.exec(text.trim()) ?? [];
  if (host === undefined || !URL.canParse(`http://${host}/`)) {
    throw new Error(`allowed destination ${JSON.stringify(text)}: give host or host:port`);
  }
  return { host: hostOf(new URL(`http://${host}/`)), port };
}
