/** The log of session heads: its checkpoint, its entries, and what shows that both are one log. */

import {
  logAnswer,
  logConsistencyAnswer,
  logDeletedAnswer,
  logEntriesAnswer,
  sessionLogAnswer,
} from "@caum/core/protocol";
import { sessionTag } from "@caum/core/verify";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { ownerOf, readerOf } from "../gate/caller.ts";
import { logSigner } from "../head-log/grown-log.ts";
import { DoorError, refusalError } from "../http/door-error.ts";
import { ERRORS } from "../http/door-schema.ts";
import { parse } from "../http/parse.ts";
import type { Services } from "../services.ts";

const MAX_ENTRIES = 1_000;

const size = z.coerce.number().int().nonnegative();
const RANGE_QUERY = z.object({
  from: size.default(0),
  limit: z.coerce.number().int().min(1).max(MAX_ENTRIES).default(MAX_ENTRIES),
});
const SIZES_QUERY = z.object({ from: size, to: size.optional() });
const AFTER_QUERY = z.object({ after: z.string().max(64).default("") });
const PARAMS = z.object({ id: z.string() });

export function openLogDoor(app: FastifyInstance, services: Services): void {
  const { headLog, signer } = services;
  app.get("/v1/log", { schema: { response: { 200: logAnswer, ...ERRORS } } }, async (request) => {
    const owner = await ownerOf(request, services, "read");
    const log = headLog.of(owner);
    const newest = await log.latest();
    if (newest === undefined) throw new DoorError("NOT_FOUND", "nothing is logged yet");
    return {
      origin: log.origin,
      vkey: logSigner(signer, owner.ulid).vkey,
      tree_size: newest.size,
      checkpoint: newest.note,
    };
  });
  app.get(
    "/v1/log/entries",
    { schema: { querystring: RANGE_QUERY, response: { 200: logEntriesAnswer, ...ERRORS } } },
    async (request) => {
      const owner = await ownerOf(request, services, "read");
      const { from, limit } = parse(RANGE_QUERY, request.query);
      const entries = await headLog.of(owner).entries(from, limit);
      return { from, entries: entries.map(({ text }) => text) };
    },
  );
  app.get(
    "/v1/log/consistency",
    { schema: { querystring: SIZES_QUERY, response: { 200: logConsistencyAnswer, ...ERRORS } } },
    async (request) => {
      const log = headLog.of(await ownerOf(request, services, "read"));
      const { from, to: asked } = parse(SIZES_QUERY, request.query);
      const most = (await log.latest())?.size ?? 0;
      const to = asked ?? most;
      if (from > to || to > most) throw new DoorError("NOT_FOUND", `the log holds ${most} heads`);
      const hashes = await log.consistency(from, to);
      return { from, to, hashes: hashes.map((hash) => Buffer.from(hash).toString("hex")) };
    },
  );
  app.get(
    "/v1/log/deleted",
    { schema: { querystring: AFTER_QUERY, response: { 200: logDeletedAnswer, ...ERRORS } } },
    async (request) => {
      const owner = await ownerOf(request, services, "read");
      const { after } = parse(AFTER_QUERY, request.query);
      return { session_tags: [...(await headLog.of(owner).deleted(after, MAX_ENTRIES))] };
    },
  );
  app.get<{ Params: { id: string } }>(
    "/v1/session/:id/log",
    { schema: { params: PARAMS, response: { 200: sessionLogAnswer, ...ERRORS } } },
    async (request) => {
      const { id } = request.params;
      const owner = await readerOf(request, services, id);
      const view = await services.store.reader.session(owner.tenant, id);
      if (view === undefined) throw refusalError("NOT_FOUND");
      if ("gone" in view) throw refusalError("GONE");
      await headLog.include(owner, view);
      const proofs = await headLog.of(owner).proofsOf(sessionTag(id), view.tree.size);
      return {
        proofs: proofs.map(({ entry, proof }) => ({ size: entry.size, tlog_proof: proof })),
      };
    },
  );
}
