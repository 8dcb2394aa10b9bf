/**
 * Addresses that a server tells its client. One of the server's own leads past us when it is absolute;
 * the client gets ours in its place, with the same path. Others are none of ours to change.
 */
const LOCATION = "location";
/** The statuses that send a client somewhere else. */
const REDIRECTS = [301, 302, 303, 307, 308];

/** An address as the client is to get it. */
export interface AddressForClient {
  readonly text: string;
  /** The client will go where we are not. */
  readonly leadsPast: boolean;
}

/**
 * An address of the server as one of ours; any other one as it is.
 *
 * @param ours the origin under which the client reaches us
 */
export function throughUs(text: string, server: URL, ours: string): AddressForClient {
  if (!URL.canParse(text)) {
    // Beginning with two slashes it names a host all the same.
    const isHost = text.startsWith("//") && URL.canParse(text, server.href);
    return isHost ? throughUs(new URL(text, server.href).href, server, ours) : kept(text);
  }
  const { origin, pathname, search, hash } = new URL(text);
  if (origin === ours) return kept(text);
  if (origin !== server.origin) return { text, leadsPast: true };
  return { text: `${ours}${pathname}${search}${hash}`, leadsPast: false };
}

function kept(text: string): AddressForClient {
  return { text, leadsPast: false };
}

/** The headers of an answer; only the Location of a redirect is ever another one. */
export function redirectThroughUs(
  raw: string[],
  status: number,
  change: (text: string) => string,
): string[] {
  if (!REDIRECTS.includes(status)) return raw;
  return raw.map((text, index) =>
    index % 2 === 1 && raw[index - 1]?.toLowerCase() === LOCATION ? change(text) : text,
  );
}
