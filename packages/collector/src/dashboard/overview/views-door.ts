/** Addresses of the page that people keep under a name; all members of an account have the same. */
import { randomBytes } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { isStorable, NUL } from "../../doors/session/page.ts";
import { keeperOf, ownerOf } from "../../gate/caller.ts";
import { DoorError, refusalError } from "../../http/door-error.ts";
import { HIDDEN } from "../../http/door-schema.ts";
import { parse } from "../../http/parse.ts";
import { MAX_VIEWS, type SavedView } from "../../rows/view-rows.ts";
import type { Services } from "../../services.ts";

const VIEW = z.object({
  name: z.string().trim().min(1).max(100).refine(isStorable, NUL),
  /** A path of the page with its query: no view leads to another site. */
  address: z
    .string()
    .max(2_000)
    .regex(/^\/(?![/\\])[\x21-\x7e]*$/, "is no path of the page"),
});
const PARAMS = z.object({ id: z.string().regex(/^view_[0-9a-f]{16}$/) });

export function openViewsDoor(app: FastifyInstance, services: Services): void {
  const { store } = services;
  app.get("/dashboard-api/views", HIDDEN, async (request) => {
    const { tenant } = await ownerOf(request, services, "read");
    return answerOf(await store.reader.groups.views(tenant));
  });
  app.post("/dashboard-api/views", HIDDEN, async (request) => {
    const { tenant } = await keeperOf(request, services);
    const sent = parse(VIEW, request.body ?? {});
    const id = `view_${randomBytes(8).toString("hex")}`;
    const view = { ...sent, id, createdMs: services.clock() };
    const done = await store.administer({ kind: "save_view", tenant, view });
    if (done.kind === "refused" && done.code === "CONFLICT") {
      throw new DoorError("CONFLICT", `there are ${MAX_VIEWS} views: delete one first`);
    }
    if (done.kind === "refused") throw refusalError(done.code);
    return answerOf(await store.reader.groups.views(tenant));
  });
  app.delete("/dashboard-api/views/:id", HIDDEN, async (request) => {
    const { tenant } = await keeperOf(request, services);
    const { id } = parse(PARAMS, request.params);
    const done = await store.administer({ kind: "delete_view", tenant, id });
    if (done.kind === "refused") throw refusalError(done.code);
    return answerOf(await store.reader.groups.views(tenant));
  });
}

function answerOf(views: readonly SavedView[]) {
  return { views: views.map(({ id, name, address }) => ({ id, name, address })) };
}
