/** What the page reads: the ledger, one session, its steps, and both as they change. */
import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { filterOf, isStorable, NUL, nextCursor, pageQuery } from "../doors/session/page.ts";
import { ownerOf, readerOf } from "../gate/caller.ts";
import { DoorError, refusalError } from "../http/door-error.ts";
import { HIDDEN } from "../http/door-schema.ts";
import { parse } from "../http/parse.ts";
import type { Services } from "../services.ts";
import { SESSION_ORDERS, type SessionFilter, type SortedFilter } from "../store/store.ts";
import { type LedgerSource, ledgerRows } from "./ledger-rows.ts";
import { sessionAnswer } from "./session-answer.ts";
import { stepRowOf } from "./step-row.ts";
import type { EventStream } from "./streams/event-stream.ts";
import { catchUp, type LedgerNews, sendNews, watchLedger } from "./streams/ledger-stream.ts";
import { OpenStreams } from "./streams/open-streams.ts";
import { Polls } from "./streams/poll.ts";
import { type SessionNow, sessionViewer, streamSession } from "./streams/session-stream.ts";

/** Whoever asks for the head of a stream would wait for ever. */
const STREAMED = { ...HIDDEN, exposeHeadRoute: false } as const;
const INDEX = z.coerce.number().int().nonnegative();
const LEDGER_QUERY = pageQuery.extend({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  q: z.string().trim().max(255).refine(isStorable, NUL).optional(),
  since: INDEX.optional(),
  sort: z.enum(SESSION_ORDERS).optional(),
  order: z.enum(["up", "down"]).default("down"),
});
/** In the order of a figure: the newest sessions that fit and are looked at. */
const LOOKED_AT = 5_000;
/** The newest sessions among which they are looked for. */
const AMONG = 100_000;
/** The most that an answer has. */
const SORTED_MOST = 200;
const STEPS_QUERY = z.object({
  from: INDEX.default(0),
  limit: z.coerce.number().int().min(1).max(2_000).default(500),
});
/** The newest change that the page knows from its list. */
const LEDGER_STREAM_QUERY = z.object({ since: INDEX.optional() });
const STREAM_QUERY = z.object({ after: z.coerce.number().int().min(-1).default(-1) });

type ById = { Params: { id: string } };

export function openLedgerDoor(app: FastifyInstance, services: Services): void {
  const { reader, replica } = services.store;
  const { clock } = services;
  const source = { reader, clock };
  // What a list lacks because it is a little behind comes by the stream, which the page opens with it.
  const lists = { reader: replica, clock };
  app.get("/dashboard-api/sessions", HIDDEN, async (request) => {
    const { tenant } = await ownerOf(request, services, "read");
    const { q, since, sort, order, ...page } = parse(LEDGER_QUERY, request.query);
    const filter = { ...filterOf(page), ...sinceOf(since), search: q || undefined };
    if (sort !== undefined) {
      const sorted = { ...filter, by: sort, isAscending: order === "up" };
      return sortedAnswer(tenant, sorted, lists);
    }
    const views = await replica.sessions(tenant, filter);
    return {
      sessions: await ledgerRows(tenant, views, lists),
      next_cursor: nextCursor(views, filter.limit),
    };
  });
  app.get<ById>("/dashboard-api/session/:id", HIDDEN, async (request) => {
    const { tenant } = await readerOf(request, services, request.params.id);
    return sessionAnswer(tenant, await viewOf(tenant, request.params.id, services), source);
  });
  app.get<ById>("/dashboard-api/session/:id/steps", HIDDEN, async (request) => {
    const { id } = request.params;
    const { tenant } = await readerOf(request, services, id);
    const { from, limit } = parse(STEPS_QUERY, request.query);
    const { facts } = await viewOf(tenant, id, services);
    const records = await reader.records(tenant, id, from, limit);
    const next = records.length < limit ? null : from + records.length;
    return { steps: records.map((record) => stepRowOf(record, facts)), next };
  });
  openStreams(app, services);
}

async function sortedAnswer(
  tenant: number,
  { after: _, ...filter }: SessionFilter & Pick<SortedFilter, "by" | "isAscending">,
  source: LedgerSource,
) {
  const asked = { ...filter, limit: SORTED_MOST, lookedAt: LOOKED_AT, among: AMONG };
  const { views, looked, isWhole, newestMs } = await source.reader.sortedSessions(tenant, asked);
  return {
    sessions: await ledgerRows(tenant, views, source),
    next_cursor: null,
    sorted: { looked, whole: isWhole, newest_ms: newestMs },
  };
}

function openStreams(app: FastifyInstance, services: Services): void {
  const { reader } = services.store;
  const source = { reader, clock: services.clock };
  const ledgers = new Polls<LedgerNews>(services.onFailure);
  const sessions = new Polls<SessionNow>(services.onFailure);
  const streams = new OpenStreams();
  app.addHook("preClose", async () => streams.endAll());
  app.get("/dashboard-api/sessions/stream", STREAMED, async (request, reply) => {
    const { tenant } = await ownerOf(request, services, "read");
    const { since } = parse(LEDGER_STREAM_QUERY, request.query);
    const stream = streams.open(tenant, reply, () => leave());
    const leave = ledgers.join(
      String(tenant),
      () => watchLedger(tenant, source),
      whileAllowed(
        () => ownerOf(request, services, "read"),
        (news) => sendNews(news, stream),
        stream,
      ),
    );
    const sinceMs = lastEventOf(request) ?? since;
    if (sinceMs !== undefined) await catchUp(tenant, sinceMs, { ...source, stream });
  });
  app.get<ById>("/dashboard-api/session/:id/stream", STREAMED, async (request, reply) => {
    const { id } = request.params;
    const { tenant } = await readerOf(request, services, id);
    const { after } = parse(STREAM_QUERY, request.query);
    await viewOf(tenant, id, services);
    const stream = streams.open(tenant, reply, () => leave());
    const viewer = whileAllowed(
      () => readerOf(request, services, id),
      sessionViewer((lastEventOf(request) ?? after) + 1, stream),
      stream,
    );
    const leave = sessions.join(`${tenant} ${id}`, () => streamSession(tenant, id, source), viewer);
  });
}

/** Asks at each look: a key may be revoked, and a browser signed out, while a page is watching. */
function whileAllowed<Found>(
  ask: () => Promise<unknown>,
  viewer: (found: Found) => Promise<void>,
  stream: EventStream,
): (found: Found) => Promise<void> {
  return async (found) => {
    try {
      await ask();
    } catch (failure) {
      if (!(failure instanceof DoorError)) throw failure;
      return stream.reload();
    }
    await viewer(found);
  };
}

/** Nothing happens later than it arrives, so that arrivals find what is looked for. */
function sinceOf(sinceMs: number | undefined) {
  return { sinceMs, activeSinceMs: sinceMs };
}

/** Where a page that was here before left off. */
function lastEventOf({ headers }: FastifyRequest): number | undefined {
  const id = headers["last-event-id"];
  return typeof id === "string" && /^\d{1,15}$/.test(id) ? Number(id) : undefined;
}

async function viewOf(tenant: number, id: string, { store }: Services) {
  const view = await store.reader.session(tenant, id);
  if (view === undefined) throw refusalError("NOT_FOUND");
  if ("gone" in view) throw refusalError("GONE");
  return view;
}
