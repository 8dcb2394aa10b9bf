/** Two sessions, or two selections of sessions, beside each other, for the page. */
import { filterPart, type SessionFilter } from "@caum/workflows";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { type ComparedSides, comparedSides } from "../comparison/compared-sides.ts";
import { isStorable, NUL } from "../doors/session/page.ts";
import { ownerOf } from "../gate/caller.ts";
import { identifierOf } from "../http/capture.ts";
import { DoorError } from "../http/door-error.ts";
import { HIDDEN } from "../http/door-schema.ts";
import { parse } from "../http/parse.ts";
import type { Services } from "../services.ts";

const TEXT = z.string().min(1).max(255).refine(isStorable, NUL).optional();
/** Kept as they are, or as a tag. */
const NAMES = ["workflow", "agent", "cohort"] as const;
const PARTS = [...NAMES, "client", "since", "until", "last"] as const;
const SIDES = ["a", "b"] as const;
/** `a` is the id of a session, `a.workflow` and the like are parts of a filter; so is B. */
const QUERY = z.object(
  Object.fromEntries(
    SIDES.flatMap((side) => [side, ...PARTS.map((part) => `${side}.${part}`)]).map((name) => [
      name,
      TEXT,
    ]),
  ),
);

type Query = Readonly<Record<string, string | undefined>>;

export function openCompareDoor(app: FastifyInstance, services: Services): void {
  app.get("/dashboard-api/compare", HIDDEN, async (request): Promise<ComparedSides> => {
    const { tenant, ulid } = await ownerOf(request, services, "read");
    const query = parse(QUERY, request.query);
    const keys = services.digestKeys.tenant(ulid);
    const kept = (name: string) => identifierOf(name, keys);
    const filterOf = (side: (typeof SIDES)[number]) =>
      filterIn(query, side, { kept, nowMs: services.clock() });
    const filters = { a: filterOf("a"), b: filterOf("b") };
    const found = await comparedSides(tenant, filters, services.store.replica);
    if (typeof found !== "string") return found;
    const side = found.toUpperCase();
    throw new DoorError(
      "NOT_FOUND",
      `${side} matches no session whose structure is known, among the newest 5,000`,
    );
  });
}

interface Reading {
  readonly kept: (name: string) => string;
  readonly nowMs: number;
}

/** @throws {DoorError} 400 where a side says nothing, or a time or number that is none */
function filterIn(
  query: Query,
  side: (typeof SIDES)[number],
  { kept, nowMs }: Reading,
): SessionFilter {
  const session = query[side];
  const parts = PARTS.flatMap((part) => {
    const value = query[`${side}.${part}`];
    return value === undefined ? [] : [{ part, value }];
  });
  if ((session === undefined) === (parts.length === 0)) {
    const message = `${side} is the id of a session, or parts of a filter such as ${side}.workflow`;
    throw new DoorError("VALIDATION_ERROR", message);
  }
  if (session !== undefined) return { session };
  const isName = (part: string) => NAMES.some((name) => name === part);
  try {
    return Object.assign(
      {},
      ...parts.map(({ part, value }) =>
        filterPart(`${part}=${isName(part) ? kept(value) : value}`, nowMs),
      ),
    );
  } catch {
    const message = "a time is 12h, 7d, 4w or 2026-11-01, and last a number of sessions";
    throw new DoorError("VALIDATION_ERROR", message);
  }
}
