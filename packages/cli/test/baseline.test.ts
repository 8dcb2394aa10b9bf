/** `caum baseline`, against a collector that remembers a workflow. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { TemporaryHome } from "./install/temporary-home.ts";
import { RunningCollector } from "./running-collector.ts";

let machine: TemporaryHome;
let collector: RunningCollector;
beforeAll(async () => {
  machine = new TemporaryHome();
  collector = await RunningCollector.start(machine);
  for (let step = 1; step <= 3; step++) {
    const sent = {
      session_id: "s",
      step,
      tool: "t",
      state_hash: `state-${step}-0`,
      workflow: "tickets",
    };
    await post("/v1/step", sent);
  }
  await post("/v1/session/s/end", { resolved: true });
}, 60_000);
afterAll(async () => {
  await collector?.stop();
  machine.remove();
});

async function post(path: string, body: object): Promise<void> {
  const headers = {
    authorization: `Bearer ${collector.apiKey}`,
    "content-type": "application/json",
  };
  const init = { method: "POST", headers, body: JSON.stringify(body) };
  expect((await fetch(`${collector.url}${path}`, init)).status).toBe(200);
}

const baseline = (...words: readonly string[]) =>
  machine.caum(["baseline", ...words, ...collector.flags]);

test("a baseline is chosen, and what is said of the workflow is printed", async () => {
  const chosen = ["tickets", "--cohort", "before"];
  // The memory takes a session some seconds after its end.
  await expect
    .poll(async () => (await baseline(...chosen)).code, { timeout: 60_000, interval: 500 })
    .toBe(0);
  expect((await baseline(...chosen)).stdout).toBe(
    "tickets: 0 sessions are normal, 50 more are needed\n",
  );
  const range = await baseline("tickets", "--since", "2026-01-01", "--until", "2027", "--json");
  expect(JSON.parse(range.stdout).workflow.card.baseline.choice).toEqual({
    kind: "range",
    sinceMs: Date.parse("2026-01-01"),
    untilMs: Date.parse("2027"),
  });
  const latest = await baseline("tickets", "--latest", "--json");
  expect(JSON.parse(latest.stdout).workflow.card.baseline).not.toHaveProperty("choice");
});

test("what is no choice, or of no workflow, is refused", async () => {
  const unknown = await baseline("nothing", "--latest");
  expect(unknown).toMatchObject({ code: 2 });
  expect(unknown.stderr).toContain("there is no session of this workflow");
  for (const words of [
    [],
    ["--since", "2026"],
    ["--latest", "--cohort", "a"],
    ["--since", "x", "--until", "y"],
  ]) {
    expect(await baseline("tickets", ...words)).toMatchObject({ code: 2 });
  }
});
