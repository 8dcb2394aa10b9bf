import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import { clockAt, collector, receiver } from "./opened.ts";
import { eventually } from "./receiver.ts";

test("a webhook is the documented body, signed so that the published library verifies it", async () => {
  const target = await receiver();
  const client = await collector([target.place], { publicUrl: "https://caum.example.com/" });
  const [rule] = await client.addRules({ condition: "tier>=T4", destination: target.url });
  await client.loop("fix-auth-bug", {
    agent_name: "Claude Sonnet",
    team: "Backend",
    task: "Fix auth service bug",
    cost_usd: 0.105,
  });
  const [request] = await eventually(
    () => target.received,
    ({ length }) => length > 0,
  );
  if (request === undefined) throw new Error("nothing came");
  const body = JSON.parse(request.body);
  expect(body).toEqual({
    event: "caum.advisory",
    agent: "Claude Sonnet",
    team: "Backend",
    task: expect.stringMatching(/^task_[0-9a-f]{16}$/),
    session_id: "fix-auth-bug",
    step: 4,
    regime: "LOOP",
    uds: expect.any(Number),
    tier: "T5",
    total_steps: 4,
    total_cost: 0.42,
    message:
      "CAUM Advisory: LOOP at step 4, UDS=0.26, Tier=T5. Claude Sonnet has called `bash` 4 times in a row with the same question (about $0.42). Stop it, or tell it what to do differently.",
    dashboard_url: "https://caum.example.com/dashboard/fix-auth-bug",
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  });
  expect(request.body).not.toContain("Fix auth service bug");
  const headers = request.headers as Record<string, string>;
  const webhook = new Webhook(rule?.secret ?? "");
  expect(webhook.verify(request.body, headers)).toEqual(body);
  expect(() => webhook.verify(request.body.replace("T5", "T1"), headers)).toThrow();
  const [alert] = await eventually(
    () => client.history(),
    ([first]) => first?.status === "delivered",
  );
  expect(alert).toMatchObject({ id: headers["webhook-id"], attempts: 1, problem: null });
});

test("a secret is shown once; after a rotation both verify for a day, then the new one alone", async () => {
  const target = await receiver();
  const time = clockAt(Date.now());
  const client = await collector([target.place], { clock: time.clock });
  const rules = { destination: target.url };
  const [rule] = await client.addRules(rules);
  const old = rule?.secret ?? "";
  expect(old).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect((await client.addRules(rules))[0]).toEqual({ ...rule, secret: undefined });
  expect((await client.get("/v1/alerts")).text).not.toContain("whsec_");
  const rotated = await client.post(`/v1/alerts/${rule?.id}/secret`, {});
  const { secret } = rotated.body;
  expect(secret).not.toBe(old);
  await client.loop("rotating");
  await eventually(
    () => target.received,
    ({ length }) => length === 1,
  );
  const verify = (key: string, number: number) => {
    const { body, headers } = target.received[number] ?? { body: "", headers: {} };
    return () => new Webhook(key).verify(body, headers as Record<string, string>);
  };
  expect(verify(old, 0)).not.toThrow();
  expect(verify(secret, 0)).not.toThrow();
  // The library compares with the clock of this machine, so the rotation is moved, not the present.
  const [{ id = "" } = {}] = await client.addRules(rules);
  time.pass(-2 * 86_400_000);
  await client.post(`/v1/alerts/${id}/secret`, {});
  time.pass(2 * 86_400_000);
  const { secret: newest } = (await client.post(`/v1/alerts/${id}/secret`, {})).body;
  expect(newest).not.toBe(secret);
  time.pass(86_400_000 + 1);
  await client.loop("rotated");
  await eventually(
    () => target.received,
    ({ length }) => length === 2,
  );
  const signatures = target.received.map(({ headers }) =>
    String(headers["webhook-signature"]).split(" "),
  );
  expect(signatures.map(({ length }) => length)).toEqual([2, 1]);
});

test("a redirect into the network is an answer, not a way: nobody is asked there", async () => {
  const inside = await receiver();
  const locations = ["http://169.254.169.254/latest/meta-data/", inside.url];
  const targets = await Promise.all(
    locations.map((location) =>
      receiver((response) => void response.writeHead(307, { location }).end()),
    ),
  );
  const client = await collector([...targets.map(({ place }) => place), inside.place]);
  await client.addRules(...targets.map(({ url }) => ({ destination: url })));
  await client.loop("s");
  const alerts = await eventually(
    () => client.history(),
    (all) => all.length === 2 && all.every(({ problem }) => problem !== null),
  );
  expect(alerts.map(({ problem }) => problem)).toEqual(["http_307", "http_307"]);
  expect(alerts.every(({ status }) => status === "due")).toBe(true);
  expect(inside.received).toEqual([]);
});

test("a receiver that hangs keeps nobody waiting, and is given up after the timeout", async () => {
  const hanging = await receiver(() => {});
  const dripping = await receiver((response) => {
    response.writeHead(500);
    response.write("a reply that does not end");
  });
  const quick = await receiver();
  const client = await collector([hanging.place, dripping.place, quick.place], {
    alerts: { timing: { timeoutMs: 400 } },
  });
  await client.addRules(
    { destination: hanging.url },
    { destination: dripping.url },
    { destination: quick.url },
  );
  for (let at = 0; at < 20; at++) await client.loop(`s${at}`);
  await eventually(
    () => quick.received,
    ({ length }) => length === 20,
  );
  const alerts = await eventually(
    () => client.history(),
    (all) => all.some(({ problem }) => problem === "timeout"),
  );
  expect(alerts.some(({ problem }) => problem === "http_500")).toBe(true);
  expect((await client.get("/metrics", {})).text).toMatch(
    /^caum_alert_attempts_total\{outcome="delivered"\} 20$/m,
  );
  // One at a time: what hangs is not flooded either.
  expect(hanging.received.length).toBeLessThan(20);
});

test("a name that leads inside by the time of the attempt is not connected to", async () => {
  const inside = await receiver();
  const port = inside.place.split(":")[1];
  const answers = [["93.184.215.14"], ["93.184.215.14", "127.0.0.1"]];
  const client = await collector([], {
    alerts: { resolve: async () => answers.shift() ?? ["127.0.0.1"] },
  });
  await client.addRules({ destination: `https://rebinding.example.com:${port}/` });
  await client.loop("s");
  const [alert] = await eventually(
    () => client.history(),
    ([first]) => first?.status === "dead",
  );
  expect(alert).toMatchObject({ problem: "destination_refused", attempts: 1 });
  expect(inside.received).toEqual([]);
});

test("the connection goes to the address that was checked, whatever the name means elsewhere", async () => {
  const target = await receiver();
  const port = target.place.split(":")[1];
  const client = await collector([`hooks.example.com:${port}`], {
    alerts: { resolve: async () => ["127.0.0.1"] },
  });
  await client.addRules({ destination: `http://hooks.example.com:${port}/x` });
  await client.loop("s");
  await eventually(
    () => target.received,
    ({ length }) => length === 1,
  );
  expect(target.received[0]?.headers.host).toBe(`hooks.example.com:${port}`);
});

test("a test arrives, says that it is one, and is part of the history", async () => {
  const target = await receiver();
  const client = await collector([target.place]);
  const [rule] = await client.addRules({ destination: target.url });
  const tested = await client.post(`/v1/alerts/${rule?.id}/test`, {});
  expect(tested.status).toBe(202);
  await eventually(
    () => client.history("&status=delivered"),
    ({ length }) => length === 1,
  );
  expect(target.received[0]?.headers["webhook-id"]).toBe(tested.body.alert_id);
  expect(JSON.parse(target.received[0]?.body ?? "")).toMatchObject({
    event: "caum.test",
    message: "CAUM Test: class=hard_alert would be told here",
  });
  expect((await client.history())[0]).toMatchObject({ is_test: true });
  expect((await client.post("/v1/alerts/rule_nobody/test", {})).status).toBe(404);
});
