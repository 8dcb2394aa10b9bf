/** Header lists as they were on the wire: name, value, name, value, in their order. */

export type RawHeaders = readonly string[];

/**
 * Belong to one connection and not to the message (RFC 9110, section 7.6.1). Keep-Alive does too, but
 * the other connection lasts as long: the hint holds for it.
 */
const HOP_BY_HOP = new Set([
  "connection",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "upgrade",
]);

/** The list without what belongs to the connection; `Transfer-Encoding: chunked` stays as it is. */
export function endToEnd(raw: RawHeaders): string[] {
  const named = connectionNames(raw);
  const kept: string[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? "";
    const lower = name.toLowerCase();
    if (!HOP_BY_HOP.has(lower) && !named.includes(lower)) kept.push(name, raw[index + 1] ?? "");
  }
  return kept;
}

/**
 * The first value of a header. Looked for as it came: Node's `headers` would read all of them, in the
 * path of the bytes.
 *
 * @param header in small letters, as everywhere here
 */
export function headerIn(raw: RawHeaders, header: string): string | undefined {
  for (let index = 0; index + 1 < raw.length; index += 2) {
    if (isNamed(raw[index], header)) return raw[index + 1];
  }
  return undefined;
}

export function hasHeader(raw: RawHeaders, header: string): boolean {
  return headerIn(raw, header) !== undefined;
}

/** The list without one header. */
export function withoutHeader(raw: RawHeaders, header: string): string[] {
  return raw.filter((_, index) => !isNamed(raw[index - (index % 2)], header));
}

/** The list with the value of one header replaced where it stands. */
export function withHeader(raw: RawHeaders, header: string, value: string): string[] {
  return raw.map((text, index) =>
    index % 2 === 1 && isNamed(raw[index - 1], header) ? value : text,
  );
}

/** Most names differ in length: those are never changed to small letters. */
function isNamed(name: string | undefined, header: string): boolean {
  return name?.length === header.length && name.toLowerCase() === header;
}

function connectionNames(raw: RawHeaders): readonly string[] {
  const names: string[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    if (!isNamed(raw[index], "connection")) continue;
    for (const name of (raw[index + 1] ?? "").split(",")) names.push(name.trim().toLowerCase());
  }
  // A message must not take its own body length away.
  const kept = ["transfer-encoding", "content-length", "keep-alive"];
  return names.filter((name) => !kept.includes(name));
}
