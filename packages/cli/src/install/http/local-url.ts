/**
 * The address that stands in a client's file in the place of a server's own: the origin is that of our
 * relay, path and query stay, and the fragment, which no client sends, holds what was there before.
 * What is secret in the address is then known to nobody who did not know it: the client's file has it,
 * the relay and our files do not.
 */
import { packed, packedName, unpacked } from "../entries/marker.ts";

export interface RelayedUrl {
  readonly url: string;
  /** The text of the file that was replaced; undefined when the address was edited since. */
  readonly source: string | undefined;
}

const PARTS = /^(https?:\/\/[^/?#]+)([^#]*)$/i;
/** What a client fills in itself may stand in path and query, which pass; not in the origin. */
const PLACEHOLDER = /[${}]/;
const OURS = /^http:\/\/127\.0\.0\.1:\d+([^#]*)#caum2:[^:]+:([A-Za-z0-9_-]+):(https?:\/\/.+)$/i;

/** Why no relay can stand in front of this address; undefined when one can. */
export function whyNotRelayed(url: string): string | undefined {
  const origin = PARTS.exec(url)?.[1];
  if (origin === undefined || PLACEHOLDER.test(origin) || !URL.canParse(origin)) {
    return "has an address whose server only its client knows";
  }
  const { username, password } = new URL(origin);
  return username || password ? "has a name or a password in its address" : undefined;
}

/** The part of an address that the relay has to know. */
export function originOf(url: string): string {
  return new URL(PARTS.exec(url)?.[1] ?? url).origin;
}

/** @param source the value as it is written in the file */
export function relayedUrl(url: string, source: string, name: string, port: number): string {
  const [, origin = "", rest = ""] = PARTS.exec(url) ?? [];
  const marker = `caum2:${packedName(name)}:${packed([url], { command: source })}`;
  return `http://127.0.0.1:${port}${rest}#${marker}:${origin}`;
}

/** What stood there before; undefined when the address is none of ours. */
export function unrelayed(text: string): RelayedUrl | undefined {
  const [, rest = "", data = "", origin] = OURS.exec(text) ?? [];
  if (origin === undefined) return undefined;
  const url = origin + rest;
  return { url, source: unpacked(data, [url])?.command };
}
