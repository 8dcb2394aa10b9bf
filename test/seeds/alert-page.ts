/** Alerts, as the same page describes them. */
import { expect } from "vitest";
import { type Page, postSteps, type Row, type Seen, type Step, times } from "./row.ts";

const STUCK: Step = { tool: "bash", state_hash: "0123456789abcdef" };
const NAMES = { agent_name: "Claude Sonnet", team: "Backend", task: "Fix auth service bug" };

/** A tenant of its own, so that no rule sees another row's sessions. */
async function newTenant({ door }: Pick<Seen, "door">) {
  const { body } = await door.post("/v1/register", { email: `${door.newId()}@example.com` }, {});
  return { authorization: `Bearer ${body.api_key}` };
}

async function addRule(seen: Seen, key: Record<string, string>, rule: object): Promise<void> {
  const destination = `${seen.receiver.url}/hook`;
  const body = [{ condition: "tier>=T4", action_type: "webhook", destination, ...rule }];
  const made = await seen.door.post("/v1/alerts", body, key);
  expect(made.status).toBe(201);
}

/** Posts steps with a key, and says with which of them a rule fired. */
async function firedAt(
  seen: Seen,
  key: Record<string, string>,
  id: string,
  steps: readonly Step[],
): Promise<readonly { readonly step: number; readonly body: Step }[]> {
  const { door } = seen;
  const withKey = { ...door, post: (path: string, body: unknown) => door.post(path, body, key) };
  const answers = await postSteps({ door: withKey as Seen["door"] }, id, steps);
  return answers.flatMap(({ body }, at) =>
    body.rules_fired === undefined ? [] : [{ step: at + 1, body }],
  );
}

/** The same look again and again, with something else between. */
const probing = (at: number): Step => ({
  tool: "bash",
  content:
    at % 2 === 0 ? "3 of 12 jobs are done so far, 9 to go" : `output of step ${at}`.repeat(3),
});

type Condition = readonly [
  condition: string,
  steps: readonly Step[],
  holds: (body: Step) => boolean,
];

const LOOP = times(8, () => STUCK);
const rank = ({ tier }: Step) => Number(String(tier).slice(1));

const CONDITIONS: readonly Condition[] = [
  ["tier>=T4", LOOP, (body) => rank(body) >= 4],
  ["tier>=T3", LOOP, (body) => rank(body) >= 3],
  ["tier=T5", LOOP, (body) => rank(body) === 5],
  ["regime=LOOP", LOOP, ({ regime }) => regime === "LOOP"],
  ["regime=GRIND", times(16, probing), ({ regime }) => regime === "GRIND"],
  ["uds<0.3", LOOP, ({ uds }) => Number(uds) < 0.3],
  ["uds<0.5", LOOP, ({ uds }) => Number(uds) < 0.5],
];

function conditionRow([condition, steps, holds]: Condition): Row {
  return {
    says: `\`${condition}\` fires with the step that enters it`,
    check: async (seen) => {
      const key = await newTenant(seen);
      const id = seen.door.newId();
      await addRule(seen, key, { condition });
      const { door } = seen;
      const bodies: Step[] = [];
      for (const [at, step] of steps.entries()) {
        const body = { session_id: id, step: at + 1, ...step };
        bodies.push((await door.post("/v1/step", body, key)).body);
      }
      const entered = bodies.findIndex(holds);
      expect(entered).toBeGreaterThan(0);
      const fired = bodies.findIndex((body) => body.rules_fired !== undefined);
      expect(fired).toBe(entered);
    },
  };
}

const DOCUMENTED = [
  ["event", "caum.advisory"],
  ["agent", "Claude Sonnet"],
  ["team", "Backend"],
  ["task", expect.stringMatching(/^task_/), "a tag of the task, never its text"],
  ["session_id", expect.any(String)],
  ["step", 4],
  ["regime", "LOOP"],
  ["uds", expect.any(Number)],
  ["tier", "T5"],
  ["total_steps", 4],
  ["total_cost", 0.4],
  [
    "message",
    expect.stringMatching(/^CAUM Advisory: LOOP at step 4, UDS=0\.\d\d, Tier=T5\b/),
    "the line of the page, and behind it a sentence for a person",
  ],
  ["dashboard_url", expect.stringMatching(/\/dashboard\//)],
  ["timestamp", expect.stringMatching(/^\d{4}-\d\d-\d\dT/)],
] as const;

function bodyRow([field, value, differs]: (typeof DOCUMENTED)[number]): Row {
  return {
    says: `webhook: \`${field}\``,
    ...(differs !== undefined && { differs }),
    check: async (seen) => {
      expect((await loopTold(seen, "webhook", "/hook")).body[field]).toEqual(value);
    },
  };
}

/** A loop of four steps, told over one channel. */
async function loopTold(seen: Seen, action: string, path: string) {
  const key = await newTenant(seen);
  const id = seen.door.newId();
  const destination = action === "email" ? "oncall@example.com" : `${seen.receiver.url}${path}`;
  await addRule(seen, key, { action_type: action, destination });
  const step = { ...STUCK, ...NAMES, cost_usd: 0.1 };
  await firedAt(
    seen,
    key,
    id,
    times(4, () => step),
  );
  const body = await seen.receiver.take(
    (sent, at) => at.startsWith(path) && JSON.stringify(sent).includes(id),
  );
  return { id, body };
}

export const alertPage: Page = {
  title: "Alerts",
  rows: [
    {
      says: "`POST /v1/alerts` takes a list of rules: condition, action type, destination",
      check: async (seen) => {
        await addRule(seen, await newTenant(seen), {});
      },
    },
    ...CONDITIONS.map(conditionRow),
    ...DOCUMENTED.map(bodyRow),
    {
      says: "`slack`: a message of Block Kit",
      check: async (seen) => {
        const { body } = await loopTold(seen, "slack", "/slack");
        expect(body.blocks[0].type).toBe("header");
      },
    },
    {
      says: "`email`: HTML over Resend",
      check: async (seen) => {
        const { body } = await loopTold(seen, "email", "/emails");
        expect(body).toMatchObject({ to: "oncall@example.com", html: expect.any(String) });
      },
    },
    {
      says: "`GET /v1/alerts/history` lists what fired",
      check: async (seen) => {
        const key = await newTenant(seen);
        const id = seen.door.newId();
        await addRule(seen, key, {});
        await firedAt(seen, key, id, LOOP);
        const { alerts } = (await seen.door.get("/v1/alerts/history", key)).body;
        expect(alerts).toMatchObject([{ session_id: id, condition: "tier>=T4" }]);
      },
    },
  ],
};
