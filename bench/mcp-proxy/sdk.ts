/** The official client against an official server: what a user would notice. */
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { SDK_SERVER, STDIO_RELAYS } from "./relays.ts";
import { fixed, markdown, median, quantile } from "./statistics.ts";

const CALLS = 600;
const WARM_UP_CALLS = 300;

export async function measureSdk(rounds: number): Promise<string> {
  const p50 = new Map(STDIO_RELAYS.map((relay) => [relay, [] as number[]]));
  const p99 = new Map(STDIO_RELAYS.map((relay) => [relay, [] as number[]]));
  for (let round = 0; round < rounds; round++) {
    for (const relay of STDIO_RELAYS) {
      const times = await callTimes(relay.around(SDK_SERVER));
      p50.get(relay)?.push(median(times));
      p99.get(relay)?.push(quantile(times, 0.99));
    }
  }
  const [direct = [], , floor = []] = [...p50.values()];
  const rows = [...p50].map(([relay, values]) => [
    relay.name,
    fixed(median(values), 3),
    fixed(median(values.map((value, round) => value - (direct[round] ?? 0))), 3),
    fixed(median(values.map((value, round) => value - (floor[round] ?? 0))), 3),
    fixed(median(p99.get(relay) ?? []), 3),
  ]);
  return markdown(["relay", "p50 ms", "added", "over Node pipe", "p99 ms"], rows);
}

async function callTimes(command: readonly string[]): Promise<readonly number[]> {
  const [file = "", ...args] = command;
  const client = new Client({ name: "bench", version: "1" });
  await client.connect(new StdioClientTransport({ command: file, args, stderr: "ignore" }));
  const times: number[] = [];
  for (let call = 0; call < WARM_UP_CALLS + CALLS; call++) {
    const startedAt = performance.now();
    await client.callTool({ name: "echo", arguments: { message: `call ${call}` } });
    if (call >= WARM_UP_CALLS) times.push(performance.now() - startedAt);
  }
  await client.close();
  return times;
}
