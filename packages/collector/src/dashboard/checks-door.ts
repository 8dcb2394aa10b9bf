/** The page's own tests of the collector that serves it: the smoke test and the validation agents. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { ownerOf, senderOf } from "../gate/caller.ts";
import { DoorError } from "../http/door-error.ts";
import { HIDDEN } from "../http/door-schema.ts";
import type { Services } from "../services.ts";
import {
  CollectorError,
  type CollectorPlace,
  isObserveOnly,
  type LoopStep,
  retryLoop,
  VALIDATION_AGENTS,
} from "../validation/index.ts";

export function openChecksDoor(app: FastifyInstance, services: Services): void {
  app.post("/dashboard-api/smoke-test", HIDDEN, async (request) => {
    await senderOf(request, services);
    const { sessionId, steps } = await ran(retryLoop(placeOf(request, app, services)));
    const answers = steps.map(({ answer }) => answer);
    return {
      passed: answers.at(-1)?.live_alert === true && answers.every(isObserveOnly),
      session_id: sessionId,
      steps: steps.map(shown),
    };
  });
  app.get("/dashboard-api/validation", HIDDEN, async (request) => {
    await ownerOf(request, services, "read");
    return { agents: VALIDATION_AGENTS.map(({ name, about }) => ({ name, about })) };
  });
  app.post<{ Params: { name: string } }>(
    "/dashboard-api/validation/:name",
    HIDDEN,
    async (request) => {
      await senderOf(request, services);
      const agent = VALIDATION_AGENTS.find(({ name }) => name === request.params.name);
      if (agent === undefined) throw new DoorError("NOT_FOUND", "there is no such agent");
      const { sessionId, checks } = await ran(agent.run(placeOf(request, app, services)));
      const passed = checks.every(({ holds }) => holds);
      return { name: agent.name, session_id: sessionId, passed, checks };
    },
  );
}

/** This collector by its own doors, as whoever asked: their key or cookie goes with each request. */
function placeOf(
  { headers }: FastifyRequest,
  app: FastifyInstance,
  { policy }: Services,
): CollectorPlace {
  const names = ["authorization", "cookie", "origin", "sec-fetch-site", "host"] as const;
  const own = Object.fromEntries(
    names.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])),
  );
  return {
    url: policy.publicUrl(),
    async send({ method, path, headers: more, body }) {
      const reply = await app.inject({
        // The agents use GET and POST alone.
        method: method as "GET" | "POST",
        url: path,
        headers: { ...own, ...more },
        ...(body !== undefined && { payload: body }),
      });
      return { status: reply.statusCode, text: reply.rawPayload.toString("latin1") };
    },
  };
}

/** @throws {DoorError} 503 when one of the run's own requests was refused, for example as too fast */
async function ran<Result>(run: Promise<Result>): Promise<Result> {
  try {
    return await run;
  } catch (failure) {
    if (!(failure instanceof CollectorError)) throw failure;
    const message = "the collector refused a request of this test: wait, then try again";
    throw new DoorError("UNAVAILABLE", message);
  }
}

function shown({ event, answer }: LoopStep) {
  const { structural_health: health } = answer;
  return {
    tool: event.tool,
    status: event.status,
    step: health.step,
    regime: health.regime,
    tier: answer.current_tier,
    uds: health.uds,
    live_alert: answer.live_alert,
    reasons: health.reasons,
    merkle_root: answer.evidence.merkle_root,
  };
}
