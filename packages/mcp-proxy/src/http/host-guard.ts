/**
 * Against DNS rebinding: a web page that makes a browser call us under a name of its own. A server
 * on this machine sees the Host and Origin that the client sent and judges by itself; in front of a
 * distant one, whose Host has to be its own, we judge.
 */
import { isIP } from "node:net";
import { isLoopback } from "./place.ts";

/** @returns whether the request may go on to a distant server */
export function isTrusted(host: string | undefined, origin: string | undefined): boolean {
  const name = host === undefined ? undefined : hostNameOf(`http://${host}`);
  return name !== undefined && isAddress(name) && isOurOrigin(origin, name);
}

/** A page of this machine, or of the very address at which we were called. */
function isOurOrigin(origin: string | undefined, host: string): boolean {
  if (origin === undefined) return true;
  const name = hostNameOf(origin);
  return name !== undefined && (isLoopback(name) || name === host);
}

/** Rebinding needs a name; an address says where it leads. */
function isAddress(name: string): boolean {
  return isLoopback(name) || isIP(name.replace(/^\[|\]$/g, "")) !== 0;
}

function hostNameOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}
