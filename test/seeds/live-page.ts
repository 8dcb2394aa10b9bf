/** The page for live pilots. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { liveSession, type Page, type Row, type Seen, times } from "./row.ts";

const START = {
  tenant_id: "pilot_customer",
  agent_id: "agent_42",
  workflow: "support_ticket_agent",
  baseline_cost_usd: 0.05,
};

const EVENT = {
  event: "tool_call",
  tool: "browser.get",
  phase: "retry",
  status: "not_found",
  state_id: "opaque_state_a",
  input_tokens: 120,
  output_tokens: 12,
  cost_usd: 0.0012,
};

/** What is recorded of one event. */
async function recordOf(seen: Seen, event: object) {
  const session = await liveSession(seen, START);
  const answer = await session.post(event);
  expect(answer.status).toBe(200);
  const { steps } = (await session.read()).body;
  return { answer: answer.body, record: steps.at(-1).record, payload: steps.at(-1).record.payload };
}

async function looping(seen: Seen) {
  const session = await liveSession(seen, START);
  const answers = [];
  for (const _ of times(6, () => 0)) answers.push((await session.post(EVENT)).body);
  return { session, answers, last: answers.at(-1) };
}

function startRow(field: keyof typeof START): Row {
  return {
    says: `start: \`${field}\` is taken and comes back with the session`,
    check: async (seen) => {
      const { started } = await liveSession(seen, START);
      expect(started.body.session[field]).toBe(START[field]);
    },
  };
}

const start: readonly Row[] = [
  {
    says: "`POST /v2/live/start` without a key answers with a session and its token",
    check: async (seen) => {
      const { started } = await liveSession(seen, START);
      expect(started.status).toBe(200);
      expect(started.body.session.session_id).toMatch(/^caum-live-/);
      expect(started.body.session_token).toEqual(expect.any(String));
    },
  },
  startRow("tenant_id"),
  startRow("agent_id"),
  startRow("workflow"),
  startRow("baseline_cost_usd"),
  {
    says: "of the session token only a hash is kept",
    check: async (seen) => {
      const { started } = await liveSession(seen, START);
      const token = started.body.session_token;
      expect(filesOf(seen.door.home).some((bytes) => bytes.includes(token))).toBe(false);
    },
  },
];

const events: readonly Row[] = [
  {
    says: "`POST /v2/live/event` takes the event of the page, and drops no field of it",
    check: async (seen) => {
      const { answer } = await recordOf(seen, EVENT);
      expect(answer.dropped_fields).toBe(0);
    },
  },
  {
    says: "event: `event` says what kind of event it is",
    check: async (seen) => {
      expect((await recordOf(seen, EVENT)).record.operation).toBe("tool_call");
    },
  },
  ...(
    [
      ["tool", "toolName", "browser.get"],
      ["phase", "phase", "retry"],
      ["status", "status", "not_found"],
      ["input_tokens", "inputTokens", 120],
      ["output_tokens", "outputTokens", 12],
      ["cost_usd", "costNanoUsd", 1_200_000],
    ] as const
  ).map(
    ([field, kept, value]): Row => ({
      says: `event: \`${field}\` is taken`,
      check: async (seen) => {
        expect((await recordOf(seen, EVENT)).payload[kept]).toBe(value);
      },
    }),
  ),
  {
    says: "event: `state_id` is opaque; equal states are equal",
    check: async (seen) => {
      const { session } = await looping(seen);
      const { steps } = (await session.read()).body;
      const states = steps.slice(1).map(({ record }: never) => (record as Kept).payload.stateId);
      expect(new Set(states).size).toBe(1);
      expect(states[0]).toMatch(/^[0-9a-f]{64}$/);
    },
  },
  {
    says: "the token opens its own session and no other",
    check: async (seen) => {
      const [one, other] = [await liveSession(seen), await liveSession(seen)];
      const body = {
        session_id: one.id,
        session_token: other.started.body.session_token,
        event: EVENT,
      };
      expect((await seen.door.post("/v2/live/event", body, {})).status).toBe(401);
    },
  },
  {
    says: "an event in which nothing is said is refused",
    check: async (seen) => {
      const session = await liveSession(seen);
      expect((await session.post({})).status).toBe(400);
    },
  },
];

interface Kept {
  readonly payload: { readonly stateId?: string };
}

const verdicts: readonly Row[] = [
  ...(
    [
      ["`event_type` says that a loop goes on", { event_type: "structural_loop_continues" }],
      ["`live_alert` is true in a loop", { live_alert: true }],
      ["`tier` is an object with `tier` and `rank`", { tier: { tier: "T5", rank: 5 } }],
      ["`evidence_grade.public_class` is `hard_alert`", GRADED({ public_class: "hard_alert" })],
      ["`evidence_grade.raw_content_used` is false", GRADED({ raw_content_used: false })],
      ["`evidence_grade.allowed_to_block` is false", GRADED({ allowed_to_block: false })],
      ["`coordination.decision` is `observe_only`", { coordination: { decision: "observe_only" } }],
    ] as const
  ).map(
    ([says, expected]): Row => ({
      says: `answer: ${says}`,
      check: async (seen) => {
        expect((await looping(seen)).last).toMatchObject(expected);
      },
    }),
  ),
  {
    says: "answer: evidence of a hash chain, each event linked to the one before",
    check: async (seen) => {
      const { answers } = await looping(seen);
      for (const [at, { evidence }] of answers.entries()) {
        expect(evidence.event_hash).toMatch(/^[0-9a-f]{64}$/);
        if (at > 0) expect(evidence.previous_hash).toBe(answers[at - 1].evidence.chain_head);
      }
    },
  },
  {
    says: "answer: structural health",
    check: async (seen) => {
      const { last } = await looping(seen);
      expect(last.structural_health).toMatchObject({ regime: "LOOP", healthy: "no", step: 6 });
    },
  },
  {
    says: "hard alerts are told apart from what is for review only",
    check: async (seen) => {
      const { answers } = await looping(seen);
      const classes = answers.map(({ public_class: is }) => is);
      expect(classes).toEqual(expect.arrayContaining(["none", "hard_alert"]));
      const session = await liveSession(seen);
      let last: string | undefined;
      for (const _ of times(10, () => 0)) {
        last = (await session.post({ tool: "browser.get" })).body.public_class;
      }
      expect(last).toBe("review_only");
    },
  },
  {
    says: "raw content is ignored: what is no documented field is dropped, counted and kept nowhere",
    check: async (seen) => {
      const { answer } = await recordOf(seen, { ...EVENT, prompt: "zq7canary", code: "zq7canary" });
      expect(answer.dropped_fields).toBe(2);
      expect(filesOf(seen.door.home).some((bytes) => bytes.includes("zq7canary"))).toBe(false);
    },
  },
];

function GRADED(fields: object) {
  return { evidence_grade: fields };
}

/** Every file of the home as it is on the disk. */
function filesOf(home: string): readonly Buffer[] {
  return readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)));
}

export const livePage: Page = { title: "Live pilot", rows: [...start, ...events, ...verdicts] };
