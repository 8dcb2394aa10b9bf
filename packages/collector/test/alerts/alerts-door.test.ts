import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { everythingIn } from "../native-lines.ts";
import { eventually, type Receiver, startReceiver } from "./receiver.ts";
import { startWatched, type Watched } from "./watched.ts";

let client: Watched;
let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver();
  client = await startWatched([receiver.place], { register: true });
});
afterAll(async () => {
  await client.stop();
  await receiver.close();
});

const DOCUMENTED = {
  condition: "tier>=T4",
  action_type: "webhook",
  destination: "https://your-server.com/caum-alert",
};

async function newTenant(email: string): Promise<Record<string, string>> {
  const made = await client.post("/v1/register", { email, company: "c" }, {});
  return { authorization: `Bearer ${made.body.api_key}` };
}

describe("rules", () => {
  test("the documented rule is taken, shown and deleted", async () => {
    const key = await newTenant("a@example.com");
    const made = await client.post("/v1/alerts", [DOCUMENTED], key);
    expect(made.status).toBe(201);
    const [rule] = made.body.rules;
    expect(rule).toEqual({
      id: expect.stringMatching(/^rule_[0-9a-f]{24}$/),
      condition: "tier>=T4",
      action_type: "webhook",
      destination: "https://your-server.com/...",
      cooldown_seconds: 300,
      dwell_steps: 0,
      created_at: expect.any(String),
      secret: expect.stringMatching(/^whsec_/),
    });
    const { secret: _, ...shown } = rule;
    expect((await client.get("/v1/alerts", key)).body).toEqual({
      rules: [shown],
      delivery: "active",
    });
    const gone = await client.request("DELETE", `/v1/alerts/${rule.id}`, { headers: key });
    expect(gone.status).toBe(200);
    expect((await client.get("/v1/alerts", key)).body.rules).toEqual([]);
    const again = await client.request("DELETE", `/v1/alerts/${rule.id}`, { headers: key });
    expect(again.status).toBe(404);
  });

  test("the same rule again is the same rule, alone or in a list", async () => {
    const key = await newTenant("b@example.com");
    const first = await client.post("/v1/alerts", DOCUMENTED, key);
    const again = await client.post("/v1/alerts", [DOCUMENTED, DOCUMENTED], key);
    expect(again.body.rules.map(({ id }: { id: string }) => id)).toEqual([
      first.body.rules[0].id,
      first.body.rules[0].id,
    ]);
    expect((await client.get("/v1/alerts", key)).body.rules).toHaveLength(1);
  });

  test("every documented condition is taken", async () => {
    const key = await newTenant("c@example.com");
    const conditions = [
      "tier>=T4",
      "tier>=T3",
      "tier=T5",
      "regime=LOOP",
      "regime=GRIND",
      "uds<0.3",
      "uds<0.5",
      "class=hard_alert",
      "cost>5",
      "steps>200",
      "open_call>120",
      "drift",
      "loop_rate>0.2",
      "tool_definition_changed",
      "class=hard_alert and cost>5",
      "class=hard_alert or cost>5 and steps>200",
      'tier>=T4 and agent="Claude Code" and workflow=tickets and server=github',
      "loop_rate>0.2 and workflow=tickets",
    ];
    const rules = conditions.map((condition) => ({ ...DOCUMENTED, condition }));
    const made = await client.post("/v1/alerts", rules, key);
    expect(made.body.rules.map(({ condition }: { condition: string }) => condition)).toEqual(
      conditions,
    );
  });

  const REFUSED = [
    [
      { condition: "tier>T4" },
      "condition",
      'position 5: expected ">=" or "="; conditions are tier',
    ],
    [{ condition: "when bad" }, "condition", "at position 1: expected one of tier>=T1..T5"],
    // Written the one way it has quotes, and is longer than what is read.
    [
      {
        condition: ["T5", "T4", "T3", "T2"]
          .map((tier) => `tier=${tier} and agent=${"*".repeat(229)}`)
          .join(" or "),
      },
      "condition",
      "at position",
    ],
    [{ condition: "cost>5 and" }, "condition", "at position 11: expected one of tier>=T1..T5"],
    [{ condition: "agent=a" }, "condition", "join them by and, or, and limit them by agent=NAME"],
    [{ action_type: "email", destination: "a@b.com,c@d.com" }, "action_type", "not configured"],
    [{ destination: "http://example.com/" }, "destination", "https URL"],
    [{ destination: "https://169.254.169.254/" }, "destination", "private network"],
    [{ destination: "https://2130706433/" }, "destination", "private network"],
    [{ destination: "https://a:b@example.com/" }, "destination", "user or password"],
    [{ action_type: "slack", destination: "https://[::1]/" }, "destination", "private network"],
  ] as const;
  test.each(REFUSED)("%j is refused, naming the rule and its field", async (more, field, says) => {
    const rule = { ...DOCUMENTED, condition: "steps>7", ...more };
    const { rules } = (await client.get("/v1/alerts")).body;
    const refused = await client.post("/v1/alerts", [DOCUMENTED, rule]);
    expect(refused.status).toBe(400);
    expect(refused.body.error.details).toMatchObject([{ path: [1, field] }]);
    expect(refused.body.error.message).toContain(says);
    // All or none.
    expect((await client.get("/v1/alerts")).body.rules).toEqual(rules);
  });

  test("what is no rule at all names what is missing", async () => {
    const refused = await client.post("/v1/alerts", [{ condition: "tier>=T4" }]);
    expect(refused.status).toBe(400);
    expect(refused.body.error.details.map(({ path }: { path: unknown }) => path)).toEqual([
      [0, "action_type"],
    ]);
    const nowhere = [{ condition: "tier>=T4", action_type: "webhook" }];
    const { details } = (await client.post("/v1/alerts", nowhere)).body.error;
    expect(details).toMatchObject([{ path: [0, "destination"] }]);
    for (const body of ["[]", "7", "null", '"tier>=T4"', "[[]]"]) {
      expect((await client.post("/v1/alerts", body)).status).toBe(400);
    }
  });

  test("a tenant has at most 50 rules", async () => {
    const key = await newTenant("d@example.com");
    const rules = Array.from({ length: 50 }, (_, at) => ({
      ...DOCUMENTED,
      condition: `steps>${at}`,
    }));
    expect((await client.post("/v1/alerts", rules, key)).status).toBe(201);
    const refused = await client.post("/v1/alerts", DOCUMENTED, key);
    expect(refused.status).toBe(409);
    expect(refused.body.error.message).toContain("50 rules");
  });

  test("another tenant's rules and alerts are not found", async () => {
    const mine = await newTenant("e@example.com");
    const other = await newTenant("f@example.com");
    const [rule] = (await client.post("/v1/alerts", DOCUMENTED, mine)).body.rules;
    for (const path of [`/v1/alerts/${rule.id}/test`, `/v1/alerts/${rule.id}/secret`]) {
      expect((await client.post(path, {}, other)).status).toBe(404);
      expect((await client.post(path, {}, {})).status).toBe(401);
    }
    const headers = other;
    expect((await client.request("DELETE", `/v1/alerts/${rule.id}`, { headers })).status).toBe(404);
    expect((await client.get("/v1/alerts", other)).body.rules).toEqual([]);
    expect((await client.get("/v1/alerts/history", other)).body.alerts).toEqual([]);
  });
});

describe("firing", () => {
  test("the step that fires says so, and so does its repeat", async () => {
    const key = await newTenant("g@example.com");
    const rule = { ...DOCUMENTED, condition: "steps>2", destination: receiver.url };
    await client.post("/v1/alerts", rule, key);
    const fired = [];
    for (const step of [1, 2, 3, 3, 4]) {
      const body = {
        session_id: "steps",
        step,
        tool: `tool_${step}`,
        state_hash: `state-hash-${step}`,
      };
      fired.push((await client.post("/v1/step", body, key)).body);
    }
    const its = ["steps>2"];
    expect(fired.map((body) => body.rules_fired)).toEqual([
      undefined,
      undefined,
      its,
      its,
      undefined,
    ]);
    expect(fired.map((body) => body.alert_fired)).toEqual(Array(5).fill(false));
  });

  test("history is read page by page, with masked destinations and without secrets", async () => {
    const key = await newTenant("h@example.com");
    const destination = `${receiver.url}/secret-part-of-the-hook`;
    const rule = { ...DOCUMENTED, condition: "steps>0", destination };
    await client.post("/v1/alerts", rule, key);
    for (let at = 0; at < 5; at++) {
      await client.post("/v1/step", { session_id: `s${at}`, step: 1, tool: "bash" }, key);
    }
    const ids: string[] = [];
    let cursor = "";
    for (let page = 0; page < 4; page++) {
      const read = await client.get(`/v1/alerts/history?limit=2${cursor}`, key);
      expect(read.text).not.toContain("secret-part");
      ids.push(...read.body.alerts.map(({ id }: { id: string }) => id));
      if (read.body.next_cursor === null) break;
      cursor = `&cursor=${read.body.next_cursor}`;
    }
    expect(new Set(ids).size).toBe(5);
    expect((await client.get("/v1/alerts/history?cursor=x", key)).status).toBe(400);
    expect((await client.get("/v1/alerts/history?limit=0", key)).status).toBe(400);
    expect((await client.get("/v1/alerts/history?status=armed", key)).status).toBe(400);
  });

  test("what was said in the session is neither on the disk nor in an alert", async () => {
    const canary = "canary-7f3a-never-kept";
    await client.addRules({ condition: "steps>0", destination: receiver.url });
    const before = receiver.received.length;
    const body = { session_id: "canary", step: 1, tool: "bash", content: canary, task: canary };
    await client.post("/v1/step", body);
    await eventually(
      () => receiver.received,
      ({ length }) => length > before,
    );
    expect(JSON.stringify(receiver.received)).not.toContain(canary);
    expect(everythingIn(client.folder)).not.toContain(canary);
  });

  test("signing secrets are not on the disk", async () => {
    const destination = `${receiver.url}/signed`;
    const [rule] = await client.addRules({ destination });
    const key = Buffer.from(rule?.secret?.slice("whsec_".length) ?? "", "base64");
    expect(key).toHaveLength(32);
    const disk = everythingIn(client.folder);
    for (const form of ["latin1", "hex", "base64"] as const) {
      expect(disk).not.toContain(key.toString(form));
    }
  });

  test("an alert comes within a second of the answer to its event", async () => {
    const waits: number[] = [];
    await client.addRules({ condition: "steps>1", destination: `${receiver.url}/timed` });
    for (let at = 0; at < 20; at++) {
      const session_id = `timed-${at}`;
      await client.post("/v1/step", { session_id, step: 1, tool: "bash" });
      await client.post("/v1/step", { session_id, step: 2, tool: "grep" });
      const acknowledged = performance.now();
      await eventually(
        () => receiver.received,
        (all) => all.some(({ path, body }) => path.endsWith("/timed") && body.includes(session_id)),
      );
      waits.push(performance.now() - acknowledged);
    }
    expect(waits.toSorted((a, b) => a - b).at(-2)).toBeLessThan(1_000);
  });
});
