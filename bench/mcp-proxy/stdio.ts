/** stdio: delay, processor time and throughput of relays, in interleaved rounds. */
import { cpuMicroseconds, residentMib } from "./process-costs.ts";
import { ECHO_SERVER, LARGE_RELAYS, NODE_PIPE, type Relay, STDIO_RELAYS } from "./relays.ts";
import { fixed, markdown, median, quantile } from "./statistics.ts";
import { StdioClient } from "./stdio-client.ts";

export interface Rounds {
  readonly latency: number;
  readonly throughput: number;
}

const CALLS = 1_500;
/**
 * Until the code of all parties is compiled: the recorder keeps the last compiler out of its first
 * 20,000 calls. In two floods, so that each is read before the next.
 */
const WARM_UPS = 2;
const WARM_UP_CALLS = 20_000;
const FLOOD_CALLS = 3_000;
const IN_FLIGHT = 64;
const KIB = 1024;
const MIB = 1024 * KIB;
/** A working day of one agent, for the memory that it takes. */
const RSS_CALLS = 100;
/** What the recorder reads late belongs to the calls that it is about. */
const SETTLE_MS = 1_200;
const WARM_UP_SETTLE_MS = 3_000;

interface Samples {
  p50: number[];
  p99: number[];
  cpu: number[];
  floodCpu: number[];
  floodRate: number[];
  rss: number[];
  laterRss: number[];
}

/** Calls one after the other, then many at once, for a small and a 5 KB argument. */
export async function measureLatency(rounds: number, argumentBytes: number): Promise<string> {
  const samples = new Map(STDIO_RELAYS.map((relay) => [relay, emptySamples()]));
  for (let round = 0; round < rounds; round++) {
    for (const [relay, sample] of samples) await latencyRound(relay, argumentBytes, sample);
  }
  const floor = samples.get(NODE_PIPE) ?? emptySamples();
  const rows = [...samples].map(([{ name }, sample]) => [
    name,
    fixed(median(sample.p50), 3),
    fixed(median(sample.p50.map((p50, round) => p50 - (floor.p50[round] ?? 0))), 3),
    fixed(median(sample.p99), 3),
    fixed(median(sample.cpu), 0),
    fixed(median(sample.cpu.map((cpu, round) => cpu - (floor.cpu[round] ?? 0))), 0),
    fixed(median(sample.floodRate) / 1_000, 1),
    fixed(median(sample.floodCpu), 0),
    fixed(median(sample.rss), 0),
    fixed(median(sample.laterRss), 0),
  ]);
  const head = ["relay", "p50 ms", "over Node pipe", "p99 ms", "CPU us/call", "over Node pipe"];
  return markdown(
    [...head, "1,000 calls/s at 64", "CPU us/call at 64", "RSS MiB", "after 44,600 calls"],
    rows,
  );
}

async function latencyRound(relay: Relay, argumentBytes: number, sample: Samples): Promise<void> {
  const argument = "a".repeat(argumentBytes);
  const client = new StdioClient(relay.around(ECHO_SERVER));
  const pid = client.child.pid ?? 0;
  for (let call = 0; call < RSS_CALLS; call++) await client.call(argument);
  await settle();
  sample.rss.push(residentMib(pid));
  for (let flood = 0; flood < WARM_UPS; flood++) {
    await client.flood(WARM_UP_CALLS, IN_FLIGHT, argument);
    await settle(WARM_UP_SETTLE_MS);
  }
  const cpuBefore = cpuMicroseconds(pid);
  const times: number[] = [];
  for (let call = 0; call < CALLS; call++) {
    const startedAt = performance.now();
    await client.call(argument);
    times.push(performance.now() - startedAt);
  }
  await settle();
  sample.cpu.push((cpuMicroseconds(pid) - cpuBefore) / CALLS);
  sample.p50.push(median(times));
  sample.p99.push(quantile(times, 0.99));
  const floodCpuBefore = cpuMicroseconds(pid);
  const floodStartedAt = performance.now();
  await client.flood(FLOOD_CALLS, IN_FLIGHT, argument);
  sample.floodRate.push((FLOOD_CALLS / (performance.now() - floodStartedAt)) * 1_000);
  await settle();
  sample.floodCpu.push((cpuMicroseconds(pid) - floodCpuBefore) / FLOOD_CALLS);
  sample.laterRss.push(residentMib(pid));
  await client.close();
}

interface Size {
  readonly name: string;
  readonly bytes: number;
  readonly count: number;
  readonly argument?: string;
}

const SIZES: readonly Size[] = [
  { name: "1 KB", bytes: KIB, count: 4_000 },
  { name: "100 KB", bytes: 100 * KIB, count: 400 },
  { name: "1 MB of JSON", bytes: 1_000_000, count: 60, argument: "structured" },
  { name: "10 MiB", bytes: 10 * MIB, count: 6 },
  { name: "100 MiB", bytes: 100 * MIB, count: 1 },
];

/** Megabytes a second of answers of several sizes. */
export async function measureThroughput(rounds: number): Promise<string> {
  const rates = new Map(LARGE_RELAYS.map((relay) => [relay, SIZES.map((): number[] => [])]));
  for (let round = 0; round < rounds; round++) {
    for (const [index, size] of SIZES.entries()) {
      for (const [relay, bySize] of rates) {
        bySize[index]?.push(await throughputRound(relay, size));
      }
    }
  }
  const floor = rates.get(NODE_PIPE) ?? [];
  const rows = [...rates].map(([{ name }, bySize]) => [
    name,
    ...bySize.flatMap((values, index) => [
      fixed(median(values), 0),
      fixed(median(values.map((value, round) => value / (floor[index]?.[round] ?? 1))), 2),
    ]),
  ]);
  return markdown(["relay", ...SIZES.flatMap(({ name }) => [`${name} MB/s`, "x Node pipe"])], rows);
}

async function throughputRound(relay: Relay, size: Size): Promise<number> {
  const { bytes, count, argument = "" } = size;
  const client = new StdioClient(relay.around(ECHO_SERVER));
  await client.call();
  await settle();
  const startedAt = performance.now();
  await client.flood(count, bytes > 100 * KIB ? 1 : IN_FLIGHT, argument, bytes);
  const seconds = (performance.now() - startedAt) / 1_000;
  await client.close();
  return (bytes * count) / seconds / 1e6;
}

function emptySamples(): Samples {
  return { p50: [], p99: [], cpu: [], floodCpu: [], floodRate: [], rss: [], laterRss: [] };
}

function settle(ms = SETTLE_MS): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
