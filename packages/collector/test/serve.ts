/** A collector as a process of its own, for tests that kill it. */
import { startCollector } from "../src/index.ts";

const DAY_MS = 86_400_000;

/** A clock that is set anew all the time, by up to half a day. */
function jumping(): number {
  return Date.now() + Math.round((Math.random() - 0.5) * DAY_MS);
}

const collector = await startCollector({
  data: process.argv[2] ?? "",
  database: process.env.TEST_DATABASE,
  port: Number(process.env.TEST_PORT ?? 0),
  clock: process.env.TEST_CLOCK_JUMPS === "1" ? jumping : Date.now,
  eventsPerSecond: 0,
  alerts: { timing: { leaseMs: Number(process.env.TEST_LEASE_MS ?? 20_000), pollMs: 20 } },
});
const { url, apiKey, adminKey, verifierKey } = collector;
process.stdout.write(`${JSON.stringify({ url, apiKey, adminKey, verifierKey })}\n`);
process.on("SIGTERM", () => {
  collector.close().then(() => process.exit(0));
});
