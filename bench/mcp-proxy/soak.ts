/**
 * A million calls and ten thousand abandoned ones through one relay: memory must not grow.
 * `node bench/mcp-proxy/soak.ts [calls]`
 */
import { residentMib } from "./process-costs.ts";
import { ECHO_SERVER, OURS } from "./relays.ts";
import { StdioClient } from "./stdio-client.ts";

const CALLS = Number(process.argv[2] ?? 1_000_000);
const BATCH = 2_000;
const IN_FLIGHT = 64;
/** As fast as the recorder reads, so that it records all of them. */
const PAUSE_MS = 250;
/** Until the heap has its size: compiled code, full rings, pages of the allocator. */
const WARM_UP_CALLS = 200_000;
const REPORT_EVERY = 100_000;
const SETTLE_MS = 3_000;
const MAX_GROWTH_MIB = 5;

const client = new StdioClient(OURS.around(ECHO_SERVER));
const pid = client.child.pid ?? 0;

await calls(Math.min(WARM_UP_CALLS, CALLS / 5));
const before = residentMib(pid);
console.log(`after the warm-up: ${before.toFixed(1)} MiB`);
await calls(CALLS);
const after = residentMib(pid);
const grown = after - before;
console.log(
  `after ${CALLS.toLocaleString("en")} calls: ${after.toFixed(1)} MiB, ${grown.toFixed(1)} more`,
);
await client.close();
if (grown > MAX_GROWTH_MIB) {
  console.error(`memory grew by more than ${MAX_GROWTH_MIB} MiB`);
  process.exitCode = 1;
}

async function calls(count: number): Promise<void> {
  for (let done = 0; done < count; done += BATCH) {
    await client.flood(BATCH, IN_FLIGHT);
    await pause(PAUSE_MS);
    if (done > 0 && done % REPORT_EVERY === 0) console.log(done, residentMib(pid).toFixed(1));
  }
  await pause(SETTLE_MS);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
