/** A workflow's receipts, boundaries and figures, for whoever reviews it. */
import { evidencePackAnswer } from "@caum/core/protocol";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { evidencePackOf } from "../evidence-pack/evidence-pack.ts";
import { ownerOf } from "../gate/caller.ts";
import { identifierOf } from "../http/capture.ts";
import { ERRORS } from "../http/door-schema.ts";
import { parse } from "../http/parse.ts";
import type { Services } from "../services.ts";
import { noSuchWorkflow } from "./effectiveness-door.ts";

const DEFAULT_SESSIONS = 100;
const MAX_SESSIONS = 500;

const label = z.string().min(1).max(255);
const QUERY = z.object({
  workflow: label,
  cohort: label.optional(),
  before: label.default("before"),
  after: label.default("after"),
  limit: z.coerce.number().int().min(1).max(MAX_SESSIONS).default(DEFAULT_SESSIONS),
});

export function openEvidencePackDoor(app: FastifyInstance, services: Services): void {
  app.get(
    "/v1/evidence-pack",
    {
      schema: {
        querystring: QUERY,
        response: { 200: evidencePackAnswer, ...ERRORS },
      },
    },
    async (request, reply) => {
      const owner = await ownerOf(request, services, "read");
      const { limit, ...names } = parse(QUERY, request.query);
      const keys = services.digestKeys.tenant(owner.ulid);
      const nameOf = (name: string) => identifierOf(name, keys);
      const pack = await evidencePackOf(
        owner,
        {
          workflow: nameOf(names.workflow),
          cohort: names.cohort === undefined ? undefined : nameOf(names.cohort),
          before: nameOf(names.before),
          after: nameOf(names.after),
          limit,
        },
        services,
      );
      if (pack === undefined) throw noSuchWorkflow();
      reply.header("content-disposition", 'attachment; filename="pack.json"');
      return pack;
    },
  );
}
