/** The page that begins with the first 60 seconds, and the reference behind it. */
import { expect } from "vitest";
import { type Page, postSteps, type Row, type Seen, type Step, times } from "./row.ts";

const FIRST = { tool: "bash", content: "pytest tests/" };

const first: readonly Row[] = [
  {
    says: "`POST /v1/register` with e-mail and company, without a key: a key `caum_live_...`",
    check: async ({ door }) => {
      const body = { email: `${door.newId()}@company.example`, company: "Your Company" };
      const { status, body: made } = await door.post("/v1/register", body, {});
      expect(status).toBe(201);
      expect(made.api_key).toMatch(/^caum_live_/);
      const headers = { authorization: `Bearer ${made.api_key}` };
      expect((await door.get("/v1/usage", headers)).status).toBe(200);
    },
  },
  {
    says: "`POST /v1/step` answers with exactly the documented fields",
    differs:
      "with `failure_risk: null` comes `failure_risk_reason`; with a score that is not the formula's, `uds_capped_by`; with a rule of yours that fired, `rules_fired`",
    check: async (seen) => {
      const [answer] = await postSteps(seen, seen.door.newId(), [FIRST]);
      expect(answer?.status).toBe(200);
      const { failure_risk_reason: _, uds_capped_by: __, ...documented } = answer?.body ?? {};
      expect(Object.keys(documented).toSorted()).toEqual(
        ["regime", "failure_risk", "uds", "tier", "advisory", "merkle_root"]
          .concat(["alert_fired", "observation"])
          .toSorted(),
      );
    },
  },
  {
    says: "answer: `failure_risk` is a number",
    differs:
      "a number where structure tells the outcome of such work, else null with the reason: no number without a meaning",
    check: async (seen) => {
      const query = (at: number) => ({ tool: "crm", content: `rows ${at % 2}`.padEnd(60, ".") });
      const answers = await postSteps(seen, seen.door.newId(), times(8, query));
      const risk = answers.at(-1)?.body.failure_risk;
      expect(risk).toBeGreaterThan(0);
      expect(risk).toBeLessThanOrEqual(1);
      expect(answers[0]?.body).toMatchObject({
        failure_risk: null,
        failure_risk_reason: "too_early",
      });
    },
  },
  ...(
    [
      [
        "`uds` is a number from 0 to 1",
        (body: Step) => Number(body.uds) >= 0 && Number(body.uds) <= 1,
      ],
      ["`tier` is one of T1 to T5", (body: Step) => /^T[1-5]$/.test(String(body.tier))],
      ["`advisory` is null while there is nothing to say", (body: Step) => body.advisory === null],
      ["`merkle_root` is a hash", (body: Step) => /^[0-9a-f]{64}$/.test(String(body.merkle_root))],
      [
        "`alert_fired` is false while there is no alert",
        (body: Step) => body.alert_fired === false,
      ],
      ["`observation` is `passive`", (body: Step) => body.observation === "passive"],
    ] as const
  ).map(
    ([says, holds]): Row => ({
      says: `answer: ${says}`,
      check: async (seen) => {
        const [answer] = await postSteps(seen, seen.door.newId(), [FIRST]);
        expect(holds(answer?.body)).toBe(true);
      },
    }),
  ),
  {
    says: "`POST /v1/session/{id}/end` without a body: the report, with a tier",
    check: async (seen) => {
      const id = seen.door.newId();
      await postSteps(seen, id, [FIRST]);
      const { status, body } = await seen.door.post(`/v1/session/${id}/end`);
      expect(status).toBe(200);
      expect(body.tier).toMatch(/^T[1-5]$/);
    },
  },
  {
    says: "the end says whether the task was resolved",
    check: async (seen) => {
      const id = seen.door.newId();
      await postSteps(seen, id, [FIRST]);
      const { body } = await seen.door.post(`/v1/session/${id}/end`, { resolved: true });
      expect(body.resolved).toBe(true);
    },
  },
  {
    says: "the same call by hand, again and again, is never called progress, and a loop in the end",
    check: async (seen) => {
      const answers = await postSteps(
        seen,
        seen.door.newId(),
        times(12, () => FIRST),
      );
      const regimes = answers.map(({ body }) => body.regime);
      expect(regimes).not.toContain("LINEAR_PROGRESS");
      expect(["GRIND", "STAGNATION"]).toContain(regimes[7]);
      expect(answers.at(-1)?.body).toMatchObject({ regime: "LOOP", tier: "T5", alert_fired: true });
    },
  },
  {
    says: "the small wrapper of the page works: output cut at 500 characters, 16 hex digits of state, an end without a body",
    check: async (seen) => {
      const { door } = seen;
      const id = door.newId();
      const step = {
        tool: "bash",
        content: "5 passed in 0.4 s ".repeat(40).slice(0, 500),
        agent_name: "Claude Sonnet",
        cost_usd: 0.03,
        state_hash: "0123456789abcdef",
      };
      const [answer] = await postSteps(seen, id, [step]);
      expect(answer?.body).toMatchObject({ regime: expect.any(String), uds: expect.any(Number) });
      expect((await door.post(`/v1/session/${id}/end`)).status).toBe(200);
      const { session } = (await door.get(`/v1/session/${id}`)).body;
      expect(session).toMatchObject({ agent_name: "Claude Sonnet", total_cost_usd: 0.03 });
    },
  },
];

type Endpoint = readonly [method: "GET" | "POST", path: string, does: string];

const ENDPOINTS: readonly Endpoint[] = [
  ["POST", "/v1/step", "takes a tool call"],
  ["GET", "/v1/sessions", "lists sessions"],
  ["GET", "/v1/session/s", "shows a session with its steps"],
  ["POST", "/v1/session/s/end", "ends a session"],
  ["POST", "/v1/alerts", "makes alert rules"],
  ["GET", "/v1/alerts/history", "lists alerts that fired"],
  ["GET", "/v1/usage", "shows what was used, and the trial"],
  ["POST", "/v1/checkout", "leads to a subscription"],
];

function endpointRow([method, path, does]: Endpoint): Row {
  return {
    says: `\`${method} ${path.replace("/s", "/{id}").replace("/{id}ession", "/session")}\` ${does}, and needs a key`,
    check: async ({ door }) => {
      expect((await door.send(method, path)).status).toBe(401);
      const other = method === "GET" ? "PUT" : "PATCH";
      expect((await door.send(other, path)).status).toBe(405);
    },
  };
}

const reads: readonly Row[] = [
  {
    says: "all sessions are listed, and one is shown with all its steps",
    check: async (seen) => {
      const { door } = seen;
      const id = door.newId();
      await postSteps(
        seen,
        id,
        times(3, (at) => ({ ...FIRST, content: `output ${at}` })),
      );
      const { sessions } = (await door.get("/v1/sessions?limit=100")).body;
      expect(sessions.map((one: Step) => one.session_id)).toContain(id);
      const { steps } = (await door.get(`/v1/session/${id}`)).body;
      expect(
        steps.filter((step: { record: Step }) => step.record.category === "tool_api"),
      ).toHaveLength(3);
    },
  },
  {
    says: "`GET /v1/usage`: figures and the state of the trial",
    check: async ({ door }) => {
      const { body } = await door.get("/v1/usage");
      expect(body).toMatchObject({ steps: expect.any(Number), trial: { active: false } });
    },
  },
  {
    says: "`POST /v1/checkout`: a subscription with Stripe",
    differs: "where whoever runs the collector has set up Stripe; else 501, and nothing ends",
    check: async ({ door }) => {
      const headers = { authorization: `Bearer ${door.adminKey}` };
      const { status, body } = await door.post("/v1/checkout", undefined, headers);
      expect(status).toBe(501);
      expect(body.error.code).toBe("billing_not_configured");
    },
  },
];

/** Fields of a step: a value that is refused, and what is kept of a good one. */
const FIELDS: readonly (readonly [
  field: string,
  good: unknown,
  wrong: unknown,
  differs?: string,
])[] = [
  ["content", "5 passed", 5, "its digest, shape and size are kept, never the text"],
  ["agent_name", "Claude Sonnet", 5],
  ["team", "Backend", 5],
  ["task", "Fix auth service bug", 5, "a tag of it is kept, never the text"],
  ["tokens_used", 120, "many"],
  ["cost_usd", 0.42, "much"],
  ["state_hash", "0123456789abcdef", 5, "a digest of it under your key is kept"],
];

function fieldRow([field, good, wrong, differs]: (typeof FIELDS)[number]): Row {
  return {
    says: `step: \`${field}\` may be sent`,
    ...(differs !== undefined && { differs }),
    check: async (seen) => {
      const { door } = seen;
      const id = door.newId();
      const [answer] = await postSteps(seen, id, [{ ...FIRST, [field]: good }]);
      expect(answer?.status).toBe(200);
      expect(keptOf(field, (await door.get(`/v1/session/${id}`)).body)).toBeDefined();
      const [refused] = await postSteps(seen, door.newId(), [{ ...FIRST, [field]: wrong }]);
      expect(refused?.status).toBe(400);
      const [detail] = refused?.body.error.details ?? [];
      expect(detail.path).toEqual([field]);
      expect(detail.message).not.toContain("required");
    },
  };
}

/** Where each field is found again; undefined where nothing of it is kept. */
// biome-ignore lint/suspicious/noExplicitAny: the documented answer
function keptOf(field: string, { session, steps }: any): unknown {
  const { payload } = steps.at(-1).record;
  const places: Readonly<Record<string, unknown>> = {
    content: payload.resultNormHash ?? payload.resultHash,
    agent_name: session.agent_name === "Claude Sonnet" ? true : undefined,
    team: session.team === "Backend" ? true : undefined,
    task: session.task_tag ?? undefined,
    tokens_used: payload.totalTokens === 120 ? true : undefined,
    cost_usd: session.total_cost_usd === 0.42 ? true : undefined,
    state_hash: payload.stateId,
  };
  return places[field];
}

const required: readonly Row[] = (
  [
    ["session_id", 5],
    ["step", 0],
    ["tool", ""],
  ] as const
).map(
  ([field, wrong]): Row => ({
    says: `step: \`${field}\` is required`,
    check: async ({ door }) => {
      const body = { session_id: door.newId(), step: 1, ...FIRST };
      for (const value of [undefined, wrong]) {
        const answer = await door.post("/v1/step", { ...body, [field]: value });
        expect(answer.status).toBe(400);
        expect(answer.body.error.details[0].path).toEqual([field]);
      }
    },
  }),
);

const scores: readonly Row[] = [
  {
    says: "UDS = 0.30 TCR + 0.40 ESR + 0.30 (SCI x ESR)",
    differs:
      "the first four steps, a loop, what has got nowhere for long and one kind of work alone hold it away from the formula; then `uds_capped_by` says which",
    check: async (seen) => {
      for (const { structural_health: health } of await livedWork(seen)) {
        const { tcr, esr, sci } = health.scores;
        const score = 0.3 * tcr + 0.4 * esr + 0.3 * (sci * esr);
        if (health.uds_capped_by === undefined) expect(health.uds).toBeCloseTo(score, 3);
        else expect(health.uds_capped_by).toBe("short_session");
      }
    },
  },
];

/** Answers of a session of varied work at the live door. */
async function livedWork({ door }: Seen) {
  const { body } = await door.post("/v2/live/start", {}, {});
  const place = { session_id: body.session.session_id, session_token: body.session_token };
  const answers = [];
  for (const at of times(12, (at) => at)) {
    const event = { tool: ["read_file", "grep", "edit_file"][at % 3], state_id: `state ${at}` };
    answers.push((await door.post("/v2/live/event", { ...place, event }, {})).body);
  }
  return answers;
}

const access: readonly Row[] = [
  {
    says: "every endpoint but `/v1/register` takes `Authorization: Bearer caum_live_...`",
    check: async ({ door }) => {
      expect((await door.get("/v1/usage")).status).toBe(200);
      expect((await door.get("/v1/usage", { authorization: "Bearer caum_live_x" })).status).toBe(
        401,
      );
    },
  },
];

export const guidePage: Page = {
  title: "Guide and reference",
  rows: [
    ...first,
    ...ENDPOINTS.map(endpointRow),
    ...reads,
    ...required,
    ...FIELDS.map(fieldRow),
    ...scores,
    ...access,
  ],
};
