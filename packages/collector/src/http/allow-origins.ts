import type { FastifyInstance } from "fastify";
import type { Routes } from "./paths/routes.ts";

/** How long a browser need not ask again, in seconds. */
const MAX_AGE = 600;
const HEADERS = "authorization, content-type, x-caum-session-token";

/**
 * Lets pages of named origins call the doors (CORS). They send a key or a session token; cookies stay
 * with the collector's own page.
 */
export function allowOrigins(
  app: FastifyInstance,
  origins: readonly string[],
  routes: Routes,
): void {
  const allowed = new Set(origins);
  app.addHook("onRequest", async ({ method, headers, url }, reply) => {
    const { origin } = headers;
    reply.header("vary", "origin");
    if (origin === undefined || !allowed.has(origin)) return;
    reply.header("access-control-allow-origin", origin);
    reply.header("access-control-expose-headers", "retry-after");
    const isAsked = method === "OPTIONS" && "access-control-request-method" in headers;
    if (!isAsked) return;
    return reply
      .header("access-control-allow-methods", routes.methodsAt(url).join(", "))
      .header("access-control-allow-headers", HEADERS)
      .header("access-control-max-age", MAX_AGE)
      .code(204)
      .send();
  });
}

/**
 * An origin as browsers send it: scheme, host and port, nothing behind it.
 *
 * @throws {RangeError} when it is none
 */
export function webOriginOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isWeb = url?.protocol === "https:" || url?.protocol === "http:";
  if (url !== undefined && isWeb && url.origin === text.replace(/\/$/, "")) return url.origin;
  throw new RangeError(
    `${text} is no origin: give scheme, host and port, like https://app.example`,
  );
}
