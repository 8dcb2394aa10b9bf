import { expect, test, vi } from "vitest";
import { fakeNotifySend } from "../../../../test/fake-notify-send.ts";
import { clockAt, collector } from "./opened.ts";

const SOON = { timeout: 5_000, interval: 20 };

test("a loop is shown on the desktop within 2 s of the alerting step, without any set-up", async () => {
  const desktop = fakeNotifySend();
  const env = { PATH: desktop.folder };
  const { loop, collector: at, history } = await collector([], { desktop: true, env });
  expect(at.desktop).toBe("on");
  const startMs = Date.now();
  await loop("fix-auth", { agent_name: "claude-code", cost_usd: 0.1 });
  const alertedMs = Date.now();
  await vi.waitFor(() => expect(desktop.shown()).toHaveLength(1), SOON);
  const [shown] = desktop.shown();
  expect(shown?.text).toBe(
    `Claude Code has called \`bash\` 4 times in a row with the same question (about $0.40). Stop it, or tell it what to do differently.\nMore: ${at.url}/dashboard/fix-auth`,
  );
  expect((shown?.atMs ?? 0) - alertedMs).toBeLessThan(2_000);
  expect(shown?.atMs).toBeGreaterThan(startMs);
  await vi.waitFor(async () => {
    expect(await history()).toMatchObject([
      { action_type: "desktop", destination: "this machine", status: "delivered" },
    ]);
  }, SOON);
});

test("a loop is told of once, and its end once", async () => {
  const desktop = fakeNotifySend();
  const { loop, post } = await collector([], { desktop: true, env: { PATH: desktop.folder } });
  await loop("s");
  for (let step = 5; step < 9; step++) {
    const again = { session_id: "s", step, tool: "bash", state_hash: "same-state" };
    expect((await post("/v1/step", again)).body.alert_fired).toBe(false);
  }
  await vi.waitFor(() => expect(desktop.shown()).toHaveLength(1), SOON);
  for (let step = 9; step < 30; step++) {
    const work = {
      session_id: "s",
      step,
      tool: `tool-${step}`,
      state_hash: `state-number-${step}`,
    };
    expect((await post("/v1/step", work)).body.alert_fired).toBe(false);
  }
  await vi.waitFor(() => expect(desktop.shown()).toHaveLength(2), SOON);
  expect(desktop.shown()[1]).toMatchObject({
    title: "CAUM: the loop is over",
    text: expect.stringMatching(/ has stopped repeating itself: it had called/),
  });
});

test("a loop of another client within the minute is told as well, the same one is not", async () => {
  const desktop = fakeNotifySend();
  const { loop } = await collector([], { desktop: true, env: { PATH: desktop.folder } });
  await loop("hook", { agent_name: "claude-code", tool: "mcp__github__search" });
  await loop("proxy", { agent_name: "claude-code", tool: "search" });
  await loop("other", { agent_name: "zed", tool: "search" });
  await vi.waitFor(() => expect(desktop.shown()).toHaveLength(2), SOON);
  expect(desktop.shown().map(({ text }) => text.split(" ")[0])).toEqual(["Claude", "Zed"]);
});

test("a session that is posted long after it happened is not shown", async () => {
  const desktop = fakeNotifySend();
  const { clock, pass } = clockAt(Date.now());
  pass(24 * 3_600_000);
  const options = { desktop: true, env: { PATH: desktop.folder }, clock };
  const { post, collector: at } = await collector([], options);
  const started = await post("/v2/live/start", {});
  const { session, session_token } = started.body;
  for (let at = 0; at < 6; at++) {
    const event = { event: "tool_result", tool: "bash", state_id: "same", timestamp: Date.now() };
    await post("/v2/live/event", { session_id: session.session_id, session_token, event });
  }
  expect(at.desktop).toBe("on");
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(desktop.shown()).toEqual([]);
});

test("it is off when nobody asked for it, and unavailable without the command", async () => {
  const off = await collector([], { env: { PATH: fakeNotifySend().folder } });
  expect(off.collector.desktop).toBe("off");
  expect((await off.get("/v1/alerts")).body.rules).toEqual([]);
  const refused = await off.post("/v1/alerts", {
    condition: "tier>=T5",
    action_type: "desktop",
  });
  expect(refused.status).toBe(400);
  expect(refused.body.error.message).toMatch(/--no-desktop/);
  const without = await collector([], { desktop: true, env: { PATH: "/nowhere" } });
  expect(without.collector.desktop).toBe("unavailable");
  expect((await without.get("/v1/alerts")).body.rules).toEqual([]);
});

test("the rule is there once, goes with --no-desktop and can be tried", async () => {
  const desktop = fakeNotifySend();
  const env = { PATH: desktop.folder };
  const first = await collector([], { desktop: true, env });
  const { rules } = (await first.get("/v1/alerts")).body;
  expect(rules).toMatchObject([
    { action_type: "desktop", condition: "class=hard_alert", destination: "this machine" },
  ]);
  await first.post(`/v1/alerts/${rules[0].id}/test`, {});
  await vi.waitFor(() => expect(desktop.shown()).toHaveLength(1), SOON);
  expect(desktop.shown()[0]?.text).toMatch(/^CAUM Test: /);
});
