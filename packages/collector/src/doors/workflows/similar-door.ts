/** Which sessions are built like this one. */
import { similarAnswer } from "@caum/core/protocol";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { similarSessions } from "../../comparison/similar-sessions.ts";
import { ownerOf } from "../../gate/caller.ts";
import { refusalError } from "../../http/door-error.ts";
import { ERRORS } from "../../http/door-schema.ts";
import { parse } from "../../http/parse.ts";
import type { Services } from "../../services.ts";
import { profileOf } from "../../store/columns/profile-rows.ts";

const PARAMS = z.object({ id: z.string() });
const QUERY = z.object({ limit: z.coerce.number().int().min(1).max(50).default(10) });

export function openSimilarDoor(app: FastifyInstance, services: Services): void {
  app.get<{ Params: { id: string } }>(
    "/v1/session/:id/similar",
    {
      schema: { params: PARAMS, querystring: QUERY, response: { 200: similarAnswer, ...ERRORS } },
    },
    async (request) => {
      // Whoever has the token of one session may not see others.
      const { tenant } = await ownerOf(request, services, "read");
      const { limit } = parse(QUERY, request.query);
      const { id } = request.params;
      const { reader, replica } = services.store;
      const view = await reader.session(tenant, id);
      if (view === undefined) throw refusalError("NOT_FOUND");
      if ("gone" in view) throw refusalError("GONE");
      return similarSessions({ tenant, id, limit }, profileOf(view), replica.memory);
    },
  );
}
