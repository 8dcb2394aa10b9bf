/**
 * A process that observes, for tests that end it in every way: `node observing-process.ts HOME URL
 * KEY COUNT HOW`. Each event is announced on standard output before the next one is observed.
 */
import { writeSync } from "node:fs";
import { createObserver } from "../../src/index.ts";

const [home = "", url = "", apiKey = "", count = "0", how = "exit"] = process.argv.slice(2);
const STDOUT = 1;

const observer = createObserver({
  writer: "test",
  writerVersion: "1.0.0",
  layer: "framework",
  view: "full",
  home,
  env: {},
  upstream: { url, apiKey },
  onProblem: () => undefined,
});

let next = 0;
function observeOne(): void {
  const verdict = observer.observe("s", { tool: `${process.pid}-${next}`, status: "ok" });
  writeSync(STDOUT, `${verdict.evidence.runId} ${next}\n`);
  next += 1;
}

switch (how) {
  case "exit":
    while (next < Number(count)) observeOne();
    process.exit(3);
    break;
  case "fall-off":
    while (next < Number(count)) observeOne();
    break;
  case "work-on":
    while (next < Number(count)) observeOne();
    // Long enough for a delivery to be under way when the host is done.
    setTimeout(() => undefined, 400);
    break;
  case "await":
    while (next < Number(count)) observeOne();
    writeSync(STDOUT, `${JSON.stringify(await observer.close())}\n`);
    break;
  case "go-on":
    setInterval(() => {
      for (let burst = 0; burst < 5; burst++) observeOne();
    }, 2);
    break;
  default:
    throw new Error(`unknown way to end: ${how}`);
}
