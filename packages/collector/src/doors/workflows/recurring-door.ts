/** Loops that come back in several sessions. */
import { recurringAnswer } from "@caum/core/protocol";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { recurringLoopsOf } from "../../comparison/recurring-loops.ts";
import { ownerOf } from "../../gate/caller.ts";
import { identifierOf } from "../../http/capture.ts";
import { ERRORS } from "../../http/door-schema.ts";
import { parse } from "../../http/parse.ts";
import type { Services } from "../../services.ts";
import { isStorable, NUL } from "../session/page.ts";

const WEEK_MS = 7 * 86_400_000;

const moment = z.iso.datetime({ offset: true }).optional();
const QUERY = z.object({
  /** Sessions that began then or later, a week ago where nothing is said, and before `until`. */
  since: moment,
  until: moment,
  workflow: z.string().min(1).max(255).refine(isStorable, NUL).optional(),
  min_sessions: z.coerce.number().int().min(1).max(1_000).default(2),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

export function openRecurringDoor(app: FastifyInstance, services: Services): void {
  app.get(
    "/v1/recurring",
    { schema: { querystring: QUERY, response: { 200: recurringAnswer, ...ERRORS } } },
    async (request) => {
      const owner = await ownerOf(request, services, "read");
      const query = parse(QUERY, request.query);
      const { since, until, workflow, min_sessions: minSessions, limit } = query;
      const untilMs = until === undefined ? undefined : Date.parse(until);
      const sinceMs =
        since === undefined ? (untilMs ?? services.clock()) - WEEK_MS : Date.parse(since);
      const keys = services.digestKeys.tenant(owner.ulid);
      return recurringLoopsOf(
        {
          tenant: owner.tenant,
          workflow: workflow === undefined ? undefined : identifierOf(workflow, keys),
          minSessions,
          limit,
          sinceMs,
          untilMs,
        },
        services.store.replica.memory,
      );
    },
  );
}
