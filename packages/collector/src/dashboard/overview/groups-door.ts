/** Loops of the same structure over sessions: what there is, and what people say of it. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { isStorable, NUL } from "../../doors/session/page.ts";
import { keeperOf, ownerOf } from "../../gate/caller.ts";
import { refusalError } from "../../http/door-error.ts";
import { HIDDEN } from "../../http/door-schema.ts";
import { parse } from "../../http/parse.ts";
import { GROUP_STATES, type GroupCommand } from "../../rows/group-rows.ts";
import type { Services } from "../../services.ts";
import { groupAnswers } from "./group-answer.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const DEFAULT_DAYS = 30;
const MAX_MUTE_HOURS = 24 * 92;

const WORDS = z.string().trim().min(1).refine(isStorable, NUL);
const BY = WORDS.max(255).optional();
const QUERY = z.object({
  state: z.enum(GROUP_STATES).optional(),
  agent: z.string().max(255).refine(isStorable, NUL).optional(),
  order: z.enum(["last", "first", "loops", "cost"]).default("last"),
  days: z.coerce.number().int().min(1).max(400).default(DEFAULT_DAYS),
  limit: z.coerce.number().int().min(1).max(200).default(100),
});
const PARAMS = z.object({ id: z.string().regex(/^[0-9a-f]{24}$/) });
const ACKNOWLEDGE = z.object({ by: BY });
/** 0 hours end it. */
const MUTE = z.object({ hours: z.number().min(0).max(MAX_MUTE_HOURS), by: BY });
const COMMENT = z.object({ text: WORDS.max(500), by: BY });

export function openGroupsDoor(app: FastifyInstance, services: Services): void {
  const { groups } = services.store.reader;
  app.get("/dashboard-api/groups", HIDDEN, async (request) => {
    const { tenant } = await ownerOf(request, services, "read");
    const { days, limit, ...query } = parse(QUERY, request.query);
    const nowMs = services.clock();
    const sinceMs = nowMs - days * DAY_MS;
    const found = await groups.groups(tenant, { ...query, nowMs, sinceMs, limit: limit + 1 });
    return {
      groups: await groupAnswers(tenant, found.slice(0, limit), services),
      more: found.length > limit,
    };
  });
  app.get("/dashboard-api/groups/:id", HIDDEN, async (request) => {
    const { tenant } = await ownerOf(request, services, "read");
    return answerOf(tenant, parse(PARAMS, request.params).id);
  });
  app.post("/dashboard-api/groups/:id/acknowledge", HIDDEN, (request) =>
    say(request, () => {
      const { by } = parse(ACKNOWLEDGE, request.body ?? {});
      return { kind: "acknowledge_group", by: whoOf(request, by) };
    }),
  );
  app.post("/dashboard-api/groups/:id/mute", HIDDEN, (request) =>
    say(request, () => {
      const { by, hours } = parse(MUTE, request.body ?? {});
      const untilMs = hours === 0 ? 0 : services.clock() + hours * HOUR_MS;
      return { kind: "mute_group", by: whoOf(request, by), untilMs };
    }),
  );
  app.post("/dashboard-api/groups/:id/comments", HIDDEN, (request) =>
    say(request, () => {
      const { by, text } = parse(COMMENT, request.body ?? {});
      return { kind: "comment_group", by: whoOf(request, by), text };
    }),
  );

  /** @param read what is said, read when it is known that it may be */
  async function say(request: FastifyRequest, read: () => Said) {
    const { tenant } = await keeperOf(request, services);
    const said = read();
    const { id } = parse(PARAMS, request.params);
    const nowMs = services.clock();
    const done = await services.store.administer({ ...said, tenant, id, nowMs });
    if (done.kind === "refused") throw refusalError(done.code);
    return answerOf(tenant, id);
  }

  async function answerOf(tenant: number, id: string) {
    const group = await groups.group(tenant, id);
    if (group === undefined) throw refusalError("NOT_FOUND");
    const [answer] = await groupAnswers(tenant, [group], services);
    return { group: answer };
  }
}

/** What is said, without of what and when. */
type Said = GroupCommand extends infer Command
  ? Command extends GroupCommand
    ? Omit<Command, "tenant" | "id" | "nowMs">
    : never
  : never;

/** Without a name it is at least known which way it came. */
function whoOf({ headers }: FastifyRequest, by: string | undefined): string {
  return by ?? (headers.authorization === undefined ? "dashboard" : "API");
}
