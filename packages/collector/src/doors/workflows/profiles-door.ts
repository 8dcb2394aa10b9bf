/** What is remembered of sessions, one by one. */
import { profilesAnswer } from "@caum/core/protocol";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { ownerOf } from "../../gate/caller.ts";
import { identifierOf } from "../../http/capture.ts";
import { DoorError } from "../../http/door-error.ts";
import { ERRORS } from "../../http/door-schema.ts";
import { parse } from "../../http/parse.ts";
import type { KeyedProfile, ProfileCursor } from "../../rows/memory-rows.ts";
import type { Services } from "../../services.ts";
import { profileOf } from "../../store/columns/profile-rows.ts";
import { isStorable, NUL } from "../session/page.ts";

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 500;

const label = z.string().min(1).max(255).refine(isStorable, NUL).optional();
const moment = z.iso.datetime({ offset: true }).optional();
const QUERY = z.object({
  /** The session with this id; nothing else is looked at then. */
  session: label,
  workflow: label,
  cohort: label,
  agent: label,
  /** Sessions that began then or later, and those that began before `until`. */
  since: moment,
  until: moment,
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(DEFAULT_LIMIT),
  cursor: z.string().max(100).optional(),
});

export function openProfilesDoor(app: FastifyInstance, services: Services): void {
  app.get(
    "/v1/profiles",
    { schema: { querystring: QUERY, response: { 200: profilesAnswer, ...ERRORS } } },
    async (request) => {
      const owner = await ownerOf(request, services, "read");
      const query = parse(QUERY, request.query);
      if (query.session !== undefined) return profilesOf(owner.tenant, query.session, services);
      const { workflow, cohort, agent, since, until, limit, cursor } = query;
      const keys = services.digestKeys.tenant(owner.ulid);
      const kept = (name: string | undefined) => name && identifierOf(name, keys);
      const found = await services.store.replica.memory.profiles(owner.tenant, {
        workflow: kept(workflow),
        cohort: kept(cohort),
        agent: kept(agent),
        sinceMs: since === undefined ? undefined : Date.parse(since),
        untilMs: until === undefined ? undefined : Date.parse(until),
        limit,
        after: cursor === undefined ? undefined : cursorOf(cursor),
      });
      return {
        schema: "caum.profiles.v1.0",
        profiles: found.map(({ profile }) => profile),
        next_cursor: found.length < limit ? null : nextCursor(found.at(-1)),
      };
    },
  );
}

async function profilesOf(tenant: number, id: string, { store }: Services) {
  const view = await store.reader.session(tenant, id);
  const profile = view === undefined || "gone" in view ? undefined : profileOf(view);
  return {
    schema: "caum.profiles.v1.0" as const,
    profiles: profile === undefined ? [] : [profile],
    next_cursor: null,
  };
}

function nextCursor(last: KeyedProfile | undefined): string | null {
  if (last === undefined) return null;
  return Buffer.from(`${last.profile.startedMs}.${last.key}`).toString("base64url");
}

function cursorOf(cursor: string): ProfileCursor {
  const [, startedMs, key] = /^(\d{1,15})\.(\d{1,16})$/.exec(
    Buffer.from(cursor, "base64url").toString("latin1"),
  ) ?? [undefined, undefined, undefined];
  if (startedMs === undefined || key === undefined) {
    throw new DoorError("VALIDATION_ERROR", "the cursor is none of ours: start without one");
  }
  return { startedMs: Number(startedMs), key: Number(key) };
}
