/**
 * A process of a user who cannot write to CAUM_HOME: `node other-user.ts HOME URL KEY`. Prints what
 * its owner was told and what the agent saw.
 */
import { createObserver } from "../../src/index.ts";
import { spoolProblem } from "../../src/report/settings/index.ts";

const [home = "", url = "", apiKey = ""] = process.argv.slice(2);
const problems: string[] = [];
const seen = createObserver({
  writer: "test",
  writerVersion: "1.0.0",
  layer: "framework",
  view: "full",
  home,
  env: {},
  upstream: { url, apiKey },
  onProblem: ({ code }) => problems.push(code),
});
let step = 0;
for (let call = 0; call < 50; call++) step = seen.observe("s", { tool: "a", status: "ok" }).step;
const result = await seen.flush();
await seen.close();
process.stdout.write(JSON.stringify({ problems, step, result, status: spoolProblem(home) }));
