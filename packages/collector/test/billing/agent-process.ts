/** An agent as a process of its own: works when it is told to, and says what it was told. */
import { createInterface } from "node:readline";
import { createObserver } from "@caum/core";

const [home = "", url = "", apiKey = ""] = process.argv.slice(2);
const problems: string[] = [];
const observer = createObserver({
  writer: "test",
  writerVersion: "1",
  layer: "framework",
  view: "full",
  home,
  env: {},
  ...(url !== "" && { upstream: { url, apiKey } }),
  onProblem: ({ code }) => problems.push(code),
});

/** What the agent is told of its calls, by number. */
function work(from: number, to: number) {
  return Array.from({ length: to - from }, (_, at) => {
    const tool = `tool-${from + at}`;
    const { regime, tier, step } = observer.observe("s", { tool, arguments: { at }, status: "ok" });
    return { regime, tier, step };
  });
}

for await (const line of createInterface({ input: process.stdin })) {
  const { from, to } = JSON.parse(line);
  const told = work(from, to);
  const sent = await observer.flush();
  process.stdout.write(`${JSON.stringify({ told, sent, problems })}\n`);
}
await observer.close();
