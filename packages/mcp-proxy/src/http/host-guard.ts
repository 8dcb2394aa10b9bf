/**
 * Against DNS rebinding: a web page that makes a browser call us under a name of its own. A server
 * on this machine sees the Host and Origin that the client sent and judges by itself; in front of a
 * distant one, whose Host has to be its own, we judge.
 */
import { isIP } from "node:net";
import { isLoopback } from "./place.ts";

/** @returns whether the request may go on to a distant server */
export function isTrusted(host: string | undefined, origin: string | undefined): boolean {
  return host !== undefined && isAddress(hostNameOf(`http://${host}`)) && isOurOrigin(origin);
}

function isOurOrigin(origin: string | undefined): boolean {
  return origin === undefined || isAddress(hostNameOf(origin));
}

/** Rebinding needs a name; an address says where it leads. */
function isAddress(name: string | undefined): boolean {
  if (name === undefined) return false;
  return isLoopback(name) || isIP(name.replace(/^\[|\]$/g, "")) !== 0;
}

function hostNameOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}
