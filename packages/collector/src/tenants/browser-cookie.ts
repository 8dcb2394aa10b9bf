/** The cookie that a signed-in browser sends, and whether a request comes from our own page. */
import type { IncomingHttpHeaders } from "node:http";
import { sha256 } from "@caum/core/collector";

/**
 * One of many collectors on a host has a name of its own: cookies do not know ports. With https a
 * prefix keeps other hosts of the same domain from planting one (RFC 6265bis, section 4.1.3); below a
 * path, which that prefix forbids, it keeps connections without https from it.
 *
 * @param publicUrl where people reach the collector
 */
export function cookieName(verifierKey: string, publicUrl: string): string {
  const secure = pathOf(publicUrl) === "/" ? "__Host-" : "__Secure-";
  const prefix = isSecure(publicUrl) ? secure : "";
  return `${prefix}caum_${sha256(verifierKey).slice(0, 8)}`;
}

function isSecure(publicUrl: string): boolean {
  return publicUrl.startsWith("https:");
}

/** Where the cookie is sent: who shares the host with the collector has no use for it. */
function pathOf(publicUrl: string): string {
  return new URL(publicUrl).pathname.replace(/(?<=.)\/+$/, "");
}

export function cookieValue(headers: IncomingHttpHeaders, name: string): string | undefined {
  for (const part of (headers.cookie ?? "").split(";")) {
    const [key, value] = part.trim().split("=", 2);
    if (key === name && value) return value;
  }
  return undefined;
}

/**
 * @param secret what it holds; empty to take it back
 * @param validMs how long the browser keeps it
 * @param publicUrl where people reach the collector: with https the cookie never travels without
 * @param sameSite `Lax` for what has to come along when another site leads back here
 */
export function setCookie(
  name: string,
  { secret, validMs }: { readonly secret: string; readonly validMs: number },
  publicUrl: string,
  sameSite: "Strict" | "Lax" = "Strict",
): string {
  const age = secret === "" ? 0 : validMs / 1_000;
  const secure = isSecure(publicUrl) ? "; Secure" : "";
  return `${name}=${secret}; Path=${pathOf(publicUrl)}; HttpOnly; SameSite=${sameSite}; Max-Age=${age}${secure}`;
}

/**
 * Whether the page that sends this is our own: a cookie alone says nothing about that.
 *
 * Where the browser says it itself, that counts; proxies may give the host another name.
 */
export function isFromOwnPage({ host, origin, ...headers }: IncomingHttpHeaders): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site === "same-origin";
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === host;
}
