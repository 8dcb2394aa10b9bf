/** An agent that observes until it is killed: `node agent.ts HOME URL KEY`, and says what is kept. */
import { writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { createObserver } from "@caum/core";

const [home = "", url = "", apiKey = ""] = process.argv.slice(2);
const jumps = process.env.TEST_CLOCK_JUMPS === "1";
const DAY_MS = 86_400_000;

const observer = createObserver({
  writer: "torture",
  writerVersion: "1",
  layer: "framework",
  view: "full",
  home,
  env: {},
  upstream: { url, apiKey },
  onProblem: () => undefined,
  clock: () => Date.now() + (jumps ? Math.round((Math.random() - 0.5) * DAY_MS) : 0),
});
const session = observer.session(`agent-${process.pid}`);

for (let observed = 0; ; ) {
  for (let burst = 0; burst < 10; burst++, observed++) {
    session.observe({ tool: `tool_${observed}`, arguments: { observed }, status: "ok" });
  }
  // Every record until here is with the collector, or on this machine's disk.
  const { dropped } = await observer.flush();
  if (dropped === 0) writeSync(1, `agent-${process.pid} ${observed}\n`);
  await sleep(5);
}
