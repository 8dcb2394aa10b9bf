/** How sessions of a workflow end, beside what was said of them. */
import { outcomeAnswer } from "@caum/core/protocol";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { workflowOutcome } from "../../comparison/workflow-outcome.ts";
import { ownerOf } from "../../gate/caller.ts";
import { identifierOf } from "../../http/capture.ts";
import { ERRORS } from "../../http/door-schema.ts";
import { parse } from "../../http/parse.ts";
import type { Services } from "../../services.ts";
import { noSuchWorkflow } from "../effectiveness-door.ts";
import { isStorable, NUL } from "../session/page.ts";

const PARAMS = z.object({ name: z.string().refine(isStorable, NUL) });

export function openOutcomeDoor(app: FastifyInstance, services: Services): void {
  app.get<{ Params: { name: string } }>(
    "/v1/workflows/:name/outcome",
    { schema: { params: PARAMS, response: { 200: outcomeAnswer, ...ERRORS } } },
    async (request) => {
      const owner = await ownerOf(request, services, "read");
      const { name } = parse(PARAMS, request.params);
      const workflow = identifierOf(name, services.digestKeys.tenant(owner.ulid));
      const { replica: reader } = services.store;
      if ((await reader.cohorts(owner.tenant, workflow)).length === 0) throw noSuchWorkflow();
      return workflowOutcome({ tenant: owner.tenant, workflow }, reader.memory);
    },
  );
}
