/** What loops cost a workflow, and what was done after an alert stood. */
import { exposureAnswer } from "@caum/core/protocol";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { workflowExposure } from "../../comparison/workflow-exposure.ts";
import { ownerOf } from "../../gate/caller.ts";
import { identifierOf } from "../../http/capture.ts";
import { ERRORS } from "../../http/door-schema.ts";
import { parse } from "../../http/parse.ts";
import type { Services } from "../../services.ts";
import { noSuchWorkflow } from "../effectiveness-door.ts";
import { isStorable, NUL } from "../session/page.ts";

const PARAMS = z.object({ name: z.string().refine(isStorable, NUL) });
const moment = z.iso.datetime({ offset: true }).optional();
const QUERY = z.object({
  /** Sessions that began then or later, and those that began before `until`. */
  since: moment,
  until: moment,
});

export function openExposureDoor(app: FastifyInstance, services: Services): void {
  app.get<{ Params: { name: string } }>(
    "/v1/workflows/:name/exposure",
    {
      schema: { params: PARAMS, querystring: QUERY, response: { 200: exposureAnswer, ...ERRORS } },
    },
    async (request) => {
      const owner = await ownerOf(request, services, "read");
      const { since, until } = parse(QUERY, request.query);
      const keys = services.digestKeys.tenant(owner.ulid);
      const { replica: reader } = services.store;
      const { name } = parse(PARAMS, request.params);
      const workflow = identifierOf(name, keys);
      const cohorts = await reader.cohorts(owner.tenant, workflow);
      if (cohorts.length === 0) throw noSuchWorkflow();
      const sinceMs = since === undefined ? undefined : Date.parse(since);
      const untilMs = until === undefined ? undefined : Date.parse(until);
      const query = { tenant: owner.tenant, workflow, sinceMs, untilMs };
      return workflowExposure(query, reader.memory);
    },
  );
}
