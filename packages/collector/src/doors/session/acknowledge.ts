/** Somebody has looked at a session that had a loop; who and when is kept beside the chain. */
import { acknowledgeRequest } from "@caum/core/protocol";
import type { FastifyRequest } from "fastify";
import { keeperOf } from "../../gate/caller.ts";
import { refusalError } from "../../http/door-error.ts";
import { parse } from "../../http/parse.ts";
import type { Services } from "../../services.ts";
import { sessionSummaryOf } from "./session-summary.ts";

export async function acknowledge(request: FastifyRequest, sessionId: string, services: Services) {
  const { store, clock } = services;
  const { tenant } = await keeperOf(request, services);
  const { by } = parse(acknowledgeRequest, request.body ?? {});
  const nowMs = clock();
  // Without a name it is at least known which way it came.
  const who = by ?? (request.headers.authorization === undefined ? "dashboard" : "API");
  const done = await store.administer({ kind: "acknowledge", tenant, sessionId, by: who, nowMs });
  if (done.kind === "refused") throw refusalError(done.code);
  const view = await store.reader.session(tenant, sessionId);
  if (view === undefined) throw refusalError("NOT_FOUND");
  if ("gone" in view) throw refusalError("GONE");
  return { session: sessionSummaryOf(view, nowMs) };
}
