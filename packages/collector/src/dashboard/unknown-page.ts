/** An address that leads nowhere is a page for people, and an answer for programs. */
import type { FastifyReply, FastifyRequest } from "fastify";
import { sendPage } from "./page-door.ts";
import { type PageFiles, readPage } from "./page-files.ts";

/** Programs ask below these paths, whatever they say that they take. */
const DOORS = /^\/(?:v\d+|dashboard-api|assets|api|\.well-known|docs|openapi)(?:[/.?]|$)/;

/** @returns what sends the page, which says so itself; undefined where a program asks */
export function unknownPage(basePath: string) {
  let page: PageFiles | undefined;
  return (request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined => {
    const { method, url, headers } = request;
    const isPerson = method === "GET" && String(headers.accept ?? "").includes("text/html");
    const path = url.startsWith(`${basePath}/`) ? url.slice(basePath.length) : url;
    if (!isPerson || DOORS.test(path)) return undefined;
    page ??= readPage(basePath);
    if (page === undefined) return undefined;
    return reply.code(404).send(sendPage(page.index, request, reply));
  };
}
