/** HTTP: delay, processor time, throughput, events and disconnects, in interleaved rounds. */
import type { ChildProcess } from "node:child_process";
import { Agent, type IncomingMessage, request as requestHttp } from "node:http";
import { startListening } from "./port.ts";
import { cpuMicroseconds, residentMib } from "./process-costs.ts";
import { HTTP_RELAYS, HTTP_SERVER } from "./relays.ts";
import { fixed, markdown, median, quantile } from "./statistics.ts";

const CALLS = 600;
const WARM_UP_CALLS = 1_500;
const MIB = 1024 * 1024;
const LARGE = [
  { name: "100 KB", bytes: 100 * 1024, count: 200 },
  { name: "10 MiB", bytes: 10 * MIB, count: 4 },
];
const DISCONNECTS = 20;
const SETTLE_MS = 1_000;

interface Party {
  readonly name: string;
  readonly port: number;
  readonly child: ChildProcess;
}

interface Samples {
  readonly p50: number[];
  readonly p99: number[];
  readonly cpu: number[];
  readonly large: number[][];
  readonly event: number[];
  readonly disconnect: number[];
}

export async function measureHttp(rounds: number): Promise<string> {
  const server = await startParty("direct", HTTP_SERVER);
  const upstream = `http://127.0.0.1:${server.port}/mcp`;
  const parties = [server];
  for (const { name, command } of HTTP_RELAYS) {
    parties.push(await startParty(name, [...command, upstream]));
  }
  const samples = new Map(parties.map((party) => [party, emptySamples()]));
  for (let round = 0; round < rounds; round++) {
    for (const [party, sample] of samples) await measureRound(party, server, sample);
  }
  const rows = [...samples].map(([party, sample]) => rowOf(party, sample, samples.get(server)));
  for (const party of parties) party.child.kill();
  const head = ["relay", "p50 ms", "added", "p99 ms", "CPU us/call"];
  const sizes = LARGE.map(({ name }) => `${name} MB/s`);
  return markdown([...head, ...sizes, "event ms", "disconnect ms, worst", "RSS MiB"], rows);
}

function rowOf(party: Party, sample: Samples, direct = emptySamples()): string[] {
  const added = median(sample.p50.map((p50, round) => p50 - (direct.p50[round] ?? 0)));
  return [
    party.name,
    fixed(median(sample.p50), 3),
    fixed(added, 3),
    fixed(median(sample.p99), 3),
    fixed(median(sample.cpu), 0),
    ...sample.large.map((rates) => fixed(median(rates), 0)),
    fixed(median(sample.event), 2),
    fixed(Math.max(...sample.disconnect), 1),
    fixed(residentMib(party.child.pid ?? 0), 0),
  ];
}

async function measureRound(party: Party, server: Party, sample: Samples): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (let call = 0; call < WARM_UP_CALLS; call++) await post(party.port, agent);
  await settle();
  const cpuBefore = cpuMicroseconds(party.child.pid ?? 0);
  const times: number[] = [];
  for (let call = 0; call < CALLS; call++) {
    const startedAt = performance.now();
    await post(party.port, agent);
    times.push(performance.now() - startedAt);
  }
  await settle();
  sample.cpu.push((cpuMicroseconds(party.child.pid ?? 0) - cpuBefore) / CALLS);
  sample.p50.push(median(times));
  sample.p99.push(quantile(times, 0.99));
  for (const [index, { bytes, count }] of LARGE.entries()) {
    const startedAt = performance.now();
    for (let call = 0; call < count; call++) await post(party.port, agent, bytes);
    const seconds = (performance.now() - startedAt) / 1_000;
    sample.large[index]?.push((bytes * count) / seconds / 1e6);
  }
  agent.destroy();
  for (let count = 0; count < DISCONNECTS; count++) {
    const { event, disconnect } = await holdAndLeave(party.port, server.child);
    sample.event.push(event);
    sample.disconnect.push(disconnect);
  }
}

/** One call and its answer. */
export function post(port: number, agent: Agent, replyBytes = 2): Promise<void> {
  const body =
    '{"method":"tools/call","params":{"name":"get_x","arguments":{"a":1}},"jsonrpc":"2.0","id":1}';
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": body.length };
    const options = { port, agent, method: "POST", path: `/mcp?reply=${replyBytes}`, headers };
    const request = requestHttp(options, (answer) => {
      answer.resume();
      answer.on("end", resolve);
    });
    request.on("error", reject);
    request.end(body);
  });
}

/** Opens a stream, times one event, leaves, and times until the server knows. */
async function holdAndLeave(port: number, server: ChildProcess) {
  const answer = await new Promise<IncomingMessage>((resolve) => {
    requestHttp({ port, path: "/mcp?hold", agent: false }, resolve).end();
  });
  answer.on("error", () => {});
  const event = await new Promise<number>((resolve) => {
    answer.on("data", (chunk: Buffer) => resolve(clock() - Number(String(chunk).slice(6))));
  });
  const gone = new Promise<number>((resolve) => {
    server.stdout?.once("data", (chunk: Buffer) => resolve(Number(String(chunk).slice(5))));
  });
  const leftAt = clock();
  answer.destroy();
  return { event, disconnect: (await gone) - leftAt };
}

/** The same clock in all processes of this machine, in milliseconds. */
function clock(): number {
  return performance.timeOrigin + performance.now();
}

async function startParty(name: string, command: readonly string[]): Promise<Party> {
  return { name, ...(await startListening(command)) };
}

function emptySamples(): Samples {
  return { p50: [], p99: [], cpu: [], large: LARGE.map(() => []), event: [], disconnect: [] };
}

function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
}
