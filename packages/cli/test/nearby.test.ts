/** A collector runs on this machine, and nobody configured it. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { TemporaryHome } from "./install/temporary-home.ts";
import { printedBy } from "./printed-by.ts";
import { RunningCollector } from "./running-collector.ts";

let machine: TemporaryHome;
let running: RunningCollector;
beforeAll(async () => {
  machine = new TemporaryHome();
  running = await RunningCollector.start(machine);
  for (let step = 1; step <= 2; step++) await send({ session_id: "there", step, tool: "bash" });
  const priced = { tokens_used: 0, cost_usd: 0 };
  await send({ session_id: "free", step: 1, tool: "bash", ...priced });
});
afterAll(async () => {
  await running.stop();
  machine.remove();
});

async function send(step: object): Promise<void> {
  const answer = await fetch(`${running.url}/v1/step`, {
    method: "POST",
    headers: { authorization: `Bearer ${running.apiKey}`, "content-type": "application/json" },
    body: JSON.stringify(step),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

const caum = (...words: readonly string[]) => printedBy(words, machine.env);

test("caum tail shows what it takes, as caum sessions lists it", async () => {
  const { seen, code } = await caum("tail", "there", "--once", "--json");
  expect(code).toBe(0);
  const steps = seen
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(steps.map(({ session, step, tool }) => [session, step, tool])).toEqual([
    ["there", 1, "bash"],
    ["there", 2, "bash"],
  ]);
  expect(await caum("tail", "there", "--once", "--json", "--local")).toEqual({ code: 0, seen: "" });
});

test("caum status says that it runs, and how records come to it", async () => {
  expect((await caum("status")).seen).toContain(
    `none is set: runs stay on this machine; CAUM_URL=${running.url} would send them`,
  );
  const { collector, nearby } = JSON.parse((await caum("status", "--json")).seen);
  expect({ collector, nearby }).toEqual({ collector: null, nearby: running.url });
});

test("caum report turns at steps alone, and says what nobody said", async () => {
  const { seen } = await caum("report", "there");
  expect(seen).toContain("work     2 steps, tokens not known, cost not known\n");
  expect(seen).not.toContain("step    0");
  expect(seen).toContain("step    1  ");
  expect((await caum("report", "free")).seen).toMatch(/work {5}1 step, 0 tokens, 0\.0000 USD\n/);
});
