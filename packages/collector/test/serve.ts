/** A collector as a process of its own, for tests that kill it. */
import { startCollector } from "../src/index.ts";

const collector = await startCollector({
  data: process.argv[2] ?? "",
  database: process.env.TEST_DATABASE,
  port: 0,
  eventsPerSecond: 0,
  alerts: { timing: { leaseMs: Number(process.env.TEST_LEASE_MS ?? 20_000), pollMs: 20 } },
});
const { url, apiKey, adminKey, verifierKey } = collector;
process.stdout.write(`${JSON.stringify({ url, apiKey, adminKey, verifierKey })}\n`);
process.on("SIGTERM", () => {
  collector.close().then(() => process.exit(0));
});
