import type { IncomingHttpHeaders } from "node:http";
import { isIP } from "node:net";

/** What of a request decides whether it comes from this machine. */
export interface Arrival {
  readonly remoteAddress: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

const FORWARDED = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"];

/**
 * Whether a request surely comes from this machine itself: from a loopback socket, for a loopback
 * name, and through no proxy or web page that could stand for somebody else.
 */
export function isLocal({ remoteAddress, headers }: Arrival): boolean {
  if (!isLoopbackAddress(remoteAddress ?? "")) return false;
  if (FORWARDED.some((name) => headers[name] !== undefined)) return false;
  const origin = headers.origin;
  if (origin !== undefined && !isLoopbackName(hostOf(origin))) return false;
  return isLoopbackName(`${headers.host ?? ""}`);
}

export function isLoopbackAddress(address: string): boolean {
  const plain = address.replace(/^::ffff:/i, "").replace(/^\[|\]$/g, "");
  return plain === "::1" || (isIP(plain) === 4 && plain.startsWith("127."));
}

function isLoopbackName(host: string): boolean {
  const name = host.replace(/:\d+$/, "").toLowerCase();
  return name === "localhost" || isLoopbackAddress(name);
}

function hostOf(origin: string): string {
  try {
    return new URL(origin).host;
  } catch {
    return "";
  }
}
