/** Which servers a URL names: one, or several in the form of libpq (PostgreSQL, 34.1.1.2 and 34.1.1.3). */

/** What a server has to be for a connection to it to be kept; names and meanings are those of libpq. */
export type WantedServer = "any" | "read-write" | "read-only" | "primary" | "standby";

export interface Addresses {
  /** One URL for each server, in the order in which they are tried. */
  readonly urls: readonly string[];
  readonly wanted: WantedServer;
}

interface Authority {
  readonly scheme: string;
  /** With its `@`; empty without a user. */
  readonly user: string;
  readonly hosts: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

interface Host {
  readonly host: string;
  readonly port: string;
}

/** What a setting of a URL is called in the words of libpq, and what it means here. */
const WANTED: Readonly<Record<string, WantedServer>> = {
  any: "any",
  "read-write": "read-write",
  "read-only": "read-only",
  primary: "primary",
  standby: "standby",
  // Whoever reads elsewhere goes back to the primary by itself.
  "prefer-standby": "standby",
};

/**
 * Reads the URL of the database that is written.
 *
 * @throws {Error} when it names no servers, or asks for one that takes no writes
 */
export function writtenAddresses(url: string): Addresses {
  const { urls, wanted } = addressesOf(url);
  if (wanted === "read-only" || wanted === "standby") {
    const message = "a collector writes: --database takes any, read-write or primary";
    throw new Error(`${message} as target_session_attrs`);
  }
  // A node has no use for a standby. A single server is asked, whatever it is: it may become one.
  return { urls, wanted: wanted ?? (urls.length > 1 ? "read-write" : "any") };
}

/**
 * Reads the URL of a database that is only read.
 *
 * @throws {Error} when it names no servers
 */
export function readAddresses(url: string): Addresses {
  const { urls, wanted } = addressesOf(url);
  return { urls, wanted: wanted ?? "any" };
}

function addressesOf(url: string): {
  readonly urls: readonly string[];
  readonly wanted: WantedServer | undefined;
} {
  const parts = partsOf(url);
  // The driver reads more than this, such as a path of a socket.
  if (parts === undefined) return { urls: [url], wanted: undefined };
  const asked = parts.query.get("target_session_attrs");
  const wanted = asked === null ? undefined : WANTED[asked];
  if (asked !== null && wanted === undefined) {
    const known = Object.keys(WANTED).join(", ");
    throw new Error(`target_session_attrs in the URL of the database is one of ${known}`);
  }
  const hosts = hostsOf(parts);
  if (hosts.length < 2) return { urls: [url], wanted };
  return { urls: hosts.map((host) => urlFor(host, parts)), wanted };
}

function partsOf(url: string): Authority | undefined {
  const found = /^(postgres(?:ql)?:\/\/)([^/?#]*)(\/[^?#]*)?(?:\?([^#]*))?/.exec(url);
  if (found === null) return undefined;
  const [, scheme = "", authority = "", path = "", query = ""] = found;
  // A password may have one that nobody has escaped; a host has none.
  const at = authority.lastIndexOf("@") + 1;
  return {
    scheme,
    user: authority.slice(0, at),
    hosts: authority.slice(at),
    path,
    query: new URLSearchParams(query),
  };
}

/** Those of the query go over those before it, as the driver has it. */
function hostsOf({ hosts, query }: Authority): readonly Host[] {
  const named = query
    .get("host")
    ?.split(",")
    .map((host) => ({ host, port: "" }));
  const found = named ?? hosts.split(",").map(splitHost);
  const ports = query.get("port")?.split(",") ?? [];
  if (ports.length > 1 && ports.length !== found.length) {
    throw new Error("the URL of the database names as many ports as hosts, or one");
  }
  if (found.length > 1 && found.some(({ host }) => host === "")) {
    throw new Error("the URL of the database has an empty host between its commas");
  }
  return found.map(({ host, port }, at) => ({
    host,
    port: ports[at] ?? ports[0] ?? port,
  }));
}

function splitHost(text: string): Host {
  // An address of IPv6 stands in brackets, because it has colons of its own.
  const [, host = text, port = ""] = /^(\[[^\]]*\]|[^:]*):?(.*)$/.exec(text) ?? [];
  return { host, port };
}

function urlFor({ host, port }: Host, { scheme, user, path, query }: Authority): string {
  const others = new URLSearchParams(query);
  for (const name of ["host", "port", "target_session_attrs"]) others.delete(name);
  // A path is that of a folder with a socket, and has no place in an authority.
  const isSocket = host.startsWith("/");
  if (isSocket) others.set("host", host);
  if (isSocket && port !== "") others.set("port", port);
  const authority = isSocket ? "localhost" : `${host}${port === "" ? "" : `:${port}`}`;
  const rest = others.toString();
  return `${scheme}${user}${authority}${path}${rest === "" ? "" : `?${rest}`}`;
}
