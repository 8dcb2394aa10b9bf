/**
 * Starts a collector on small disks, each in a folder of its own, and prints per line what became of
 * it: `served`, or why it did not start; then of a second start, with space enough.
 *
 * One process for all, run with `slow-disk.c` before libc: the quota is read from the environment.
 */
import { join } from "node:path";
import { type Collector, startCollector } from "../src/index.ts";

const [folder = ""] = process.argv.slice(2);
const COARSE_BYTES = 32 * 1024;
/** Two blocks: what a start writes last are keys, each with a draft. */
const FINE_BYTES = 8 * 1024;

let enough = 0;
while ((await startOn(enough)) !== "served") enough += COARSE_BYTES;
for (let bytes = enough - 2 * COARSE_BYTES; bytes < enough; bytes += FINE_BYTES) {
  if (bytes % COARSE_BYTES !== 0) await startOn(bytes);
}

async function startOn(bytes: number): Promise<string> {
  const data = join(folder, String(bytes));
  process.env.TEST_QUOTA_FOLDER = data;
  process.env.TEST_QUOTA_BYTES = String(bytes);
  const first = await outcomeOf(data);
  delete process.env.TEST_QUOTA_BYTES;
  const line = { bytes, first, second: await outcomeOf(data) };
  process.stdout.write(`${JSON.stringify(line)}\n`);
  return first;
}

async function outcomeOf(data: string): Promise<string> {
  try {
    const collector = await startCollector({ data, port: 0, alerts: {} });
    const isServing = await takesItsKey(collector);
    await collector.close();
    return isServing ? "served" : "its key opens nothing";
  } catch (failure) {
    return failure instanceof Error ? failure.message : "it did not start";
  }
}

async function takesItsKey({ url, apiKey }: Collector): Promise<boolean> {
  const headers = { authorization: `Bearer ${apiKey}` };
  return (await fetch(`${url}/v1/sessions`, { headers })).status === 200;
}
