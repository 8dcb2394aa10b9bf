/** One node as a process of its own, with a clock that is wrong by as much as it is told. */
import { startCollector } from "@caum/collector";

const { SCALE_DATA = "", SCALE_DATABASE, SCALE_PORT = "0", SCALE_SKEW_MS = "0" } = process.env;

const collector = await startCollector({
  data: SCALE_DATA,
  database: SCALE_DATABASE,
  port: Number(SCALE_PORT),
  eventsPerSecond: 0,
  clock: () => Date.now() + Number(SCALE_SKEW_MS),
  alerts: { resolve: async () => [] },
});
const { url, apiKey, verifierKey } = collector;
process.stdout.write(`${JSON.stringify({ url, apiKey, verifierKey })}\n`);
process.on("SIGTERM", () => {
  collector.close().then(() => process.exit(0));
});
