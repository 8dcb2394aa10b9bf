/** Whether a change of a workflow shows in its structure. */
import { effectivenessAnswer } from "@caum/core/protocol";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { effectivenessOf } from "../effectiveness/effectiveness.ts";
import { ownerOf } from "../gate/caller.ts";
import { identifierOf } from "../http/capture.ts";
import { DoorError } from "../http/door-error.ts";
import { ERRORS } from "../http/door-schema.ts";
import { parse } from "../http/parse.ts";
import type { Services } from "../services.ts";

const PARAMS = z.object({ name: z.string() });
const label = z.string().min(1).max(255);
const QUERY = z.object({ before: label.default("before"), after: label.default("after") });

export function openEffectivenessDoor(app: FastifyInstance, services: Services): void {
  app.get<{ Params: { name: string } }>(
    "/v1/workflows/:name/effectiveness",
    {
      schema: {
        params: PARAMS,
        querystring: QUERY,
        response: { 200: effectivenessAnswer, ...ERRORS },
      },
    },
    async (request) => {
      const owner = await ownerOf(request, services, "read");
      const { before, after } = parse(QUERY, request.query);
      if (before === after) {
        throw new DoorError("VALIDATION_ERROR", "compare two different cohorts");
      }
      const keys = services.digestKeys.tenant(owner.ulid);
      const found = await effectivenessOf(
        {
          tenant: owner.tenant,
          workflow: identifierOf(request.params.name, keys),
          before: identifierOf(before, keys),
          after: identifierOf(after, keys),
        },
        services.store.replica,
      );
      if (found === undefined) throw noSuchWorkflow();
      return found;
    },
  );
}

export function noSuchWorkflow(): DoorError {
  return new DoorError("NOT_FOUND", "there is no session of this workflow: mark sessions with it");
}
