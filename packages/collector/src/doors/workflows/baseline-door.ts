/** Which sessions of a workflow are normal, chosen by a person. */
import { baselineAnswer, baselineRequest } from "@caum/core/protocol";
import type { BaselineChoice } from "@caum/workflows";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { keeperOf } from "../../gate/caller.ts";
import { identifierOf } from "../../http/capture.ts";
import { DoorError } from "../../http/door-error.ts";
import { ERRORS } from "../../http/door-schema.ts";
import { parse } from "../../http/parse.ts";
import { chooseBaseline } from "../../memory/choose-baseline.ts";
import { dayOf } from "../../memory/folded.ts";
import type { Services } from "../../services.ts";
import { noSuchWorkflow } from "../effectiveness-door.ts";
import { isStorable, NUL } from "../session/page.ts";
import { RECENT_DAYS, summaryOf } from "./workflow-summary.ts";

const PARAMS = z.object({ name: z.string().refine(isStorable, NUL) });

export function openBaselineDoor(app: FastifyInstance, services: Services): void {
  const { store, clock, digestKeys } = services;
  app.post<{ Params: { name: string } }>(
    "/v1/workflows/:name/baseline",
    {
      schema: {
        params: PARAMS,
        body: baselineRequest,
        response: { 200: baselineAnswer, ...ERRORS },
      },
    },
    async (request) => {
      const { tenant, ulid } = await keeperOf(request, services);
      const keys = digestKeys.tenant(ulid);
      const { name } = parse(PARAMS, request.params);
      const workflow = identifierOf(name, keys);
      const choice = choiceIn(parse(baselineRequest, request.body), (cohort) =>
        identifierOf(cohort, keys),
      );
      const chosen = await chooseBaseline(store, { tenant, workflow }, choice);
      if (chosen.kind === "unknown") throw noSuchWorkflow();
      if (chosen.kind === "refused") {
        throw new DoorError("UNAVAILABLE", "the memory of workflows is busy: try again");
      }
      const since = dayOf(clock()) - RECENT_DAYS + 1;
      const recent = await store.reader.memory.recent(tenant, "workflow", since);
      return {
        schema: "caum.baseline.v1.0",
        workflow: summaryOf(chosen.card, recent.get(workflow)),
      } satisfies z.input<typeof baselineAnswer>;
    },
  );
}

/** @returns undefined for the last stable stretch */
function choiceIn(
  sent: z.output<typeof baselineRequest>,
  identifier: (name: string) => string,
): BaselineChoice | undefined {
  if (sent.kind === "latest") return undefined;
  if (sent.kind === "cohort") {
    if (!isStorable(sent.cohort)) throw new DoorError("VALIDATION_ERROR", NUL);
    return { kind: "cohort", cohort: identifier(sent.cohort) };
  }
  const [sinceMs, untilMs] = [Date.parse(sent.since), Date.parse(sent.until)];
  if (sinceMs < untilMs) return { kind: "range", sinceMs, untilMs };
  throw new DoorError("VALIDATION_ERROR", "since must be before until: swap them");
}
