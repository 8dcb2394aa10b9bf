/** What is remembered of workflows, and of agents, clients and servers. */
import { workflowAnswer, workflowsAnswer } from "@caum/core/protocol";
import { DaySketch } from "@caum/workflows";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { ownerOf } from "../../gate/caller.ts";
import { identifierOf } from "../../http/capture.ts";
import { ERRORS } from "../../http/door-schema.ts";
import { parse } from "../../http/parse.ts";
import { figuresAnswer } from "../../memory/figures-answer.ts";
import { dayOf } from "../../memory/folded.ts";
import { MEMORY_KINDS, type RecentSessions } from "../../rows/memory-rows.ts";
import type { Services } from "../../services.ts";
import { noSuchWorkflow } from "../effectiveness-door.ts";
import { isStorable, NUL } from "../session/page.ts";
import { RECENT_DAYS, summaryOf } from "./workflow-summary.ts";

const DAY_MS = 86_400_000;
const MAX_LIMIT = 1_000;
const DEFAULT_DAYS = 30;
const MAX_DAYS = 92;

const kind = z.enum(MEMORY_KINDS).default("workflow");
const LIST_QUERY = z.object({
  kind,
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).default(MAX_LIMIT),
  cursor: z.string().max(1_100).optional(),
});
const PARAMS = z.object({ name: z.string().refine(isStorable, NUL) });
const QUERY = z.object({
  kind,
  days: z.coerce.number().int().min(1).max(MAX_DAYS).default(DEFAULT_DAYS),
});

export function openWorkflowsDoor(app: FastifyInstance, services: Services): void {
  const { memory } = services.store.replica;

  app.get(
    "/v1/workflows",
    { schema: { querystring: LIST_QUERY, response: { 200: workflowsAnswer, ...ERRORS } } },
    async (request) => {
      const { tenant } = await ownerOf(request, services, "read");
      const { kind, limit, cursor } = parse(LIST_QUERY, request.query);
      const after = cursor === undefined ? "" : nameIn(cursor);
      const [cards, recent] = await Promise.all([
        memory.cards(tenant, kind, { after, limit }),
        memory.recent(tenant, kind, firstDay(RECENT_DAYS)),
      ]);
      const last = cards.length < limit ? undefined : cards.at(-1);
      return {
        schema: "caum.workflows.v1.0",
        workflows: cards.map((card) => summaryOf(card, recent.get(card.name))),
        next_cursor: last === undefined ? null : Buffer.from(last.name).toString("base64url"),
      } satisfies z.input<typeof workflowsAnswer>;
    },
  );

  app.get<{ Params: { name: string } }>(
    "/v1/workflows/:name",
    {
      schema: { params: PARAMS, querystring: QUERY, response: { 200: workflowAnswer, ...ERRORS } },
    },
    async (request) => {
      const owner = await ownerOf(request, services, "read");
      const { kind, days } = parse(QUERY, request.query);
      const { name: asked } = parse(PARAMS, request.params);
      const name = identifierOf(asked, services.digestKeys.tenant(owner.ulid));
      const [card] = await memory.cardsAt(owner.tenant, [{ kind, name }]);
      if (card === undefined || card.sessions === 0) throw noSuchWorkflow();
      // A sender's clock may be ahead of ours, and it may be tomorrow where the sender is.
      const range = { fromDay: firstDay(days), toDay: firstDay(0) };
      const found = await memory.days(owner.tenant, { kind, name }, range);
      const recentDays = found.filter(({ day }) => day >= firstDay(RECENT_DAYS));
      const total = new DaySketch();
      const told = found.map(({ day, sketch: bytes }) => {
        const sketch = DaySketch.decode(Buffer.from(bytes, "hex"));
        total.addAll(sketch);
        const date = new Date(day * DAY_MS).toISOString().slice(0, "2026-01-01".length);
        return { day: date, figures: figuresAnswer(sketch) };
      });
      return {
        schema: "caum.workflow.v1.0",
        workflow: summaryOf(card, sumOf(recentDays)),
        total: figuresAnswer(total),
        days: told,
      } satisfies z.input<typeof workflowAnswer>;
    },
  );

  function firstDay(days: number): number {
    return dayOf(services.clock()) - days + 1;
  }
}

function sumOf(days: readonly RecentSessions[]): RecentSessions {
  let [sessions, looped] = [0, 0];
  for (const day of days) {
    sessions += day.sessions;
    looped += day.looped;
  }
  return { sessions, looped };
}

/** What is none of ours is a name that nothing has. */
function nameIn(cursor: string): string {
  return Buffer.from(cursor, "base64url").toString("utf8").replaceAll("\0", "");
}
