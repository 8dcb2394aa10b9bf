/** The page itself: one document for every address, and the files it is made of. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { DoorError } from "../http/door-error.ts";
import { HIDDEN } from "../http/door-schema.ts";
import { type PageFile, type PageFiles, readPage } from "./page-files.ts";

const PATHS = [
  "/",
  "/overview",
  "/compare",
  "/loops",
  "/dashboard/:id",
  "/live/sessions/:id",
  "/onboarding",
  "/alerts",
  "/settings",
  "/workflows",
  "/workflows/:name",
];

/** Nothing from elsewhere, no script or style in the document, no frame around it. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS = { "content-security-policy": POLICY, "referrer-policy": "no-referrer" };

const notBuilt = (
  basePath: string,
) => `<!doctype html><meta charset="utf-8"><title>CAUM collector</title>
<p>The collector runs, but its page was not built: run <code>npm run build</code>, then start it again.
The API is described at <a href="${basePath}/docs">/docs</a>.</p>`;

export function openPageDoor(app: FastifyInstance, basePath: string): void {
  let page: PageFiles | undefined;
  // Read when it is first asked for: a collector that nobody looks at packs nothing.
  const files = () => {
    page ??= readPage(basePath);
    return page;
  };
  for (const path of PATHS) {
    app.get(path, HIDDEN, async (request, reply) => {
      const { index } = files() ?? {};
      if (index) return sendPage(index, request, reply);
      reply.headers(HEADERS);
      reply.code(503).type("text/html; charset=utf-8");
      return notBuilt(basePath);
    });
  }
  app.get<{ Params: { name: string } }>("/assets/:name", HIDDEN, async (request, reply) => {
    const asset = files()?.assets.get(request.params.name);
    if (asset === undefined) throw new DoorError("NOT_FOUND", "there is no such file");
    reply.header("cache-control", "public, max-age=31536000, immutable");
    return send(asset, request, reply);
  });
}

/** The document of the page, whatever its address. */
export function sendPage(file: PageFile, request: FastifyRequest, reply: FastifyReply): Buffer {
  reply.headers(HEADERS);
  return send(file, request, reply);
}

function send(file: PageFile, request: FastifyRequest, reply: FastifyReply): Buffer {
  reply.type(file.type).header("vary", "accept-encoding");
  if (!takesGzip(String(request.headers["accept-encoding"] ?? ""))) return file.bytes;
  reply.header("content-encoding", "gzip");
  return file.gzip;
}

/** A weight of 0 means that it does not (RFC 9110, section 12.5.3). */
function takesGzip(accepted: string): boolean {
  return accepted
    .split(",")
    .some((coding) => /^\s*gzip\s*(?:;\s*q=(?!0(?:\.0*)?\s*$).*)?$/i.test(coding));
}
