import { afterAll, beforeAll, expect, test } from "vitest";
import { type Client, startClient } from "../client.ts";

let client: Client;

beforeAll(async () => {
  client = await startClient();
});
afterAll(() => client.stop());

test("the step door answers exactly the documented fields", async () => {
  const step = { session_id: "task-1", step: 1, tool: "bash", content: "pytest tests/" };
  const answer = await client.post("/v1/step", step);
  expect(Object.keys(answer.body)).toEqual([
    "regime",
    "failure_risk",
    // Only where failure_risk is null.
    "failure_risk_reason",
    "uds",
    // Only where the score is not the formula's, as in the first steps.
    "uds_capped_by",
    "tier",
    "advisory",
    "merkle_root",
    "alert_fired",
    "observation",
  ]);
  expect(answer.body).toMatchObject({ advisory: null, alert_fired: false, observation: "passive" });
  const explained = await client.post("/v1/step?explain=1", { ...step, step: 2, extra: 1 });
  expect(explained.body.explanation).toContain("1 unknown field was dropped");
});

test("an identical repeat of a step is answered as before, another body is appended", async () => {
  const first = await client.post("/v1/step", { session_id: "again", step: 1, tool: "a" });
  const repeat = await client.post("/v1/step", { session_id: "again", step: 1, tool: "a" });
  expect(repeat.body).toEqual(first.body);
  await client.post("/v1/step", { session_id: "again", step: 2, tool: "b" });
  await client.post("/v1/step", { session_id: "again", step: 2, tool: "c" });
  const detail = await client.get("/v1/session/again");
  expect(detail.body.tree_size).toBe(4);
  expect(detail.body.session.segment).toBe(1);
});

test("step 1 with another body, and anything after the end, start over with fresh health", async () => {
  const loop = { session_id: "wrapped", tool: "bash", state_hash: "0123456789abcdef" };
  for (let step = 1; step <= 6; step++) await client.post("/v1/step", { ...loop, step });
  const stuck = await client.get("/v1/session/wrapped");
  expect(stuck.body.session).toMatchObject({ live_alert: true, tier: "T5", segment: 1 });
  const fresh = await client.post("/v1/step", { ...loop, step: 1, state_hash: "fedcba9876543210" });
  expect(fresh.body).toMatchObject({ regime: "WARMING_UP" });
  await client.post("/v1/session/wrapped/end", {});
  await client.post("/v1/step", { ...loop, step: 1 });
  const after = await client.get("/v1/session/wrapped");
  expect(after.body.session).toMatchObject({ live_alert: false, ended: false, segment: 3 });
});

test("what a loop has cost is said with it: in the answer, the session's steps and the page's rows", async () => {
  const loop = { session_id: "dear", tool: "search", state_hash: "0123456789abcdef" };
  const answers = [];
  for (let step = 1; step <= 5; step++) {
    answers.push((await client.post("/v1/step", { ...loop, step, cost_usd: 0.25 })).body);
  }
  const about = /\(about \$1\.25\)/;
  expect(answers.at(-1).advisory.message).toMatch(about);
  const { steps } = (await client.get("/v1/session/dear")).body;
  expect(steps.at(-1).assessment.message).toMatch(about);
  const { sessions } = (await client.get("/dashboard-api/sessions")).body;
  const row = sessions.find(({ session_id }: { session_id: string }) => session_id === "dear");
  expect(row.message).toMatch(about);
  // Without a cost nothing is said of one.
  const free = { ...loop, session_id: "free" };
  for (let step = 1; step <= 4; step++) await client.post("/v1/step", { ...free, step });
  const last = await client.post("/v1/step", { ...free, step: 5 });
  expect(last.body.advisory.message).not.toContain("$");
});

test("no hard alert of names alone, or of an alternation; of equal contents from the twelfth on", async () => {
  const runs = {
    "tool-only": () => ({ tool: "bash" }),
    alternation: (step: number) =>
      step % 2 === 1
        ? { tool: "bash", content: "pytest tests/" }
        : { tool: "edit", content: "Fixed the bug" },
  };
  for (const [session_id, body] of Object.entries(runs)) {
    for (let step = 1; step <= 20; step++) {
      const answer = await client.post("/v1/step", { session_id, step, ...body(step) });
      expect(answer.body.advisory?.public_class, `${session_id} ${step}`).not.toBe("hard_alert");
    }
  }
  for (const content of ["pytest tests/", "pytest tests/ -v -- 5 passed in 0.3 seconds"]) {
    const session_id = `content-${content.length}`;
    const classes: string[] = [];
    for (let step = 1; step <= 12; step++) {
      const { body } = await client.post("/v1/step", { session_id, step, tool: "bash", content });
      classes.push(body.advisory?.public_class ?? "none");
      expect(body.regime).not.toBe("LINEAR_PROGRESS");
    }
    expect(classes[7]).toBe("review_only");
    expect(classes.slice(-2)).toEqual(["review_only", "hard_alert"]);
  }
  let last = "none";
  for (let step = 1; step <= 4; step++) {
    const body = { session_id: "same-state", step, tool: "bash", state_hash: "abcdef0123456789" };
    last = (await client.post("/v1/step", body)).body.advisory?.public_class;
  }
  expect(last).toBe("hard_alert");
});

test("ending gives the report, and ending again changes nothing", async () => {
  for (let step = 1; step <= 12; step++) {
    const state_hash = step % 2 === 1 ? "aaaaaaaaaaaaaaaa" : "bbbbbbbbbbbbbbbb";
    const body = { session_id: "looped", step, tool: "bash", state_hash, cost_usd: 0.01 };
    await client.post("/v1/step", body);
  }
  const report = await client.post("/v1/session/looped/end", { resolved: false });
  expect(report.body).toMatchObject({
    tier: "T5",
    dominant_regime: "LOOP",
    resolved: false,
    total_steps: 12,
    loop_count: 1,
    coverage: { exact_cycle: 1 },
    totals: { cost_usd: 0.12 },
    cost_exposure: { reviewable_cost_exposure_usd: 0.12 },
  });
  expect(report.body.loops[0]).toMatchObject({ rule: "periodic", period: 2, cycles: 6 });
  const again = await client.request("POST", "/v1/session/looped/end", {
    headers: { ...client.key, "content-type": "application/json" },
  });
  expect(again.body.tree_size).toBe(report.body.tree_size);
  expect((await client.post("/v1/session/never/end", {})).status).toBe(404);
});

test("whether the work was done may be said after its end, and said anew", async () => {
  await client.post("/v1/step", { session_id: "told-late", step: 1, tool: "bash" });
  const end = (body: object) => client.post("/v1/session/told-late/end", body);
  const sizes: number[] = [];
  for (const [body, resolved] of [
    [{}, null],
    [{ resolved: true }, true],
    [{ resolved: true }, true],
    [{}, true],
    [{ resolved: false }, false],
  ] as const) {
    const report = await end(body);
    expect(report.body.resolved).toBe(resolved);
    sizes.push(report.body.tree_size);
  }
  const [size = 0] = sizes;
  expect(sizes).toEqual([size, size + 1, size + 1, size + 1, size + 2]);
});

test("lists page by a cursor that does not repeat or skip", async () => {
  for (let at = 0; at < 10; at++) {
    await client.post("/v1/step", { session_id: `listed-${at}`, step: 1, tool: "t" });
  }
  const seen: string[] = [];
  let cursor = "";
  for (;;) {
    const page = await client.get(`/v1/sessions?limit=3${cursor && `&cursor=${cursor}`}`);
    for (const { session_id } of page.body.sessions) seen.push(session_id);
    if (page.body.next_cursor === null) break;
    cursor = page.body.next_cursor;
  }
  expect(new Set(seen).size).toBe(seen.length);
  expect(seen.filter((id) => id.startsWith("listed-"))).toHaveLength(10);
  expect((await client.get("/v1/sessions?limit=0")).status).toBe(400);
  expect((await client.get("/v1/sessions?cursor=zz")).status).toBe(400);
});

test("a rate limit says when to come back", async () => {
  const nowMs = Date.now();
  const limited = await startClient({ eventsPerSecond: 5, clock: () => nowMs });
  const answers = [];
  for (let step = 1; step <= 12; step++) {
    answers.push(await limited.post("/v1/step", { session_id: "s", step, tool: "t" }));
  }
  const refused = answers.find(({ status }) => status === 429);
  expect(Number(refused?.headers.get("retry-after"))).toBeGreaterThan(0);
  await limited.stop();
});

test("a step's turn and agent are kept keyed, and are no unknown fields", async () => {
  const step = { session_id: "turns", step: 1, tool: "bash", parent: "msg 7", agent: "reviewer" };
  const explained = await client.post("/v1/step?explain=1", step);
  expect(explained.body.explanation).toContain("parent (as a keyed digest), agent");
  expect(explained.body.explanation).toContain("0 unknown fields");
  const detail = await client.get("/v1/session/turns");
  const { record } = detail.body.steps.at(-1);
  expect(record.parentEventId).toMatch(/^[0-9a-f]{32}$/);
  expect(record.payload.agentTag).toMatch(/^x-[0-9a-f]{8}$/);
  const unfit = await client.post("/v1/step", { ...step, step: 2, parent: 7 });
  expect(unfit.status).toBe(400);
});

test("the step with which a session enters an alert says so, without any rule, and so does its repeat", async () => {
  const loop = { session_id: "alerted", tool: "search", state_hash: "0123456789abcdef" };
  const fired: boolean[] = [];
  for (const step of [1, 2, 3, 4, 4, 5, 6]) {
    const { body } = await client.post("/v1/step", { ...loop, step });
    expect(body).not.toHaveProperty("rules_fired");
    fired.push(body.alert_fired);
  }
  expect(fired).toEqual([false, false, false, true, true, false, false]);
});

test("while too little is known, the advisory and the explanation say what to send", async () => {
  const answers = [];
  for (let step = 1; step <= 8; step++) {
    const body = { session_id: "blind", step, tool: step % 2 === 0 ? "bash" : "python" };
    answers.push((await client.post("/v1/step?explain=1", body)).body);
  }
  expect(answers.slice(0, 7).every(({ advisory }) => advisory === null)).toBe(true);
  expect(answers[7]).toMatchObject({
    regime: "STABLE",
    advisory: { advice: "watch", public_class: "none", reasons: ["only_names"] },
    alert_fired: false,
  });
  expect(answers[7].advisory.message).toContain("Send state_hash");
  expect(answers[0].explanation).toContain("Send state_hash");
  const known = { session_id: "seeing", step: 1, tool: "bash", state_hash: "0123456789abcdef" };
  const { explanation } = (await client.post("/v1/step?explain=1", known)).body;
  expect(explanation).not.toContain("Send state_hash");
});

test("with what was asked, posted content tells a loop from work after four steps", async () => {
  let last = "none";
  for (let step = 1; step <= 4; step++) {
    const call = { tool: "bash", arguments: { command: "pytest tests/" }, content: "1 failed" };
    const { body } = await client.post("/v1/step", { session_id: "asked", step, ...call });
    last = body.advisory?.public_class ?? "none";
  }
  expect(last).toBe("hard_alert");
});
