/** The stdio proxy beside another build of it and a bare Node pipe: processor time and memory. */
import { proportionalOfMany } from "../mcp-proxy/memory.ts";
import { cpuMicroseconds, residentMib } from "../mcp-proxy/process-costs.ts";
import { ECHO_SERVER, NODE_PIPE, type Relay, recordingOf } from "../mcp-proxy/relays.ts";
import { StdioClient } from "../mcp-proxy/stdio-client.ts";
import type { Question } from "./measurements.ts";
import { lessBy } from "./spread.ts";

const FIRST_CALLS = 1_000;
/** Until the last compiler has seen all of it, in floods that are read before the next one. */
const FLOODS = 2;
const FLOOD_CALLS = 20_000;
const IN_FLIGHT = 64;
const WARM_CALLS = 1_500;
/** What the recorder reads late belongs to the calls that it is about. */
const SETTLE_MS = 1_500;
const FLOOD_SETTLE_MS = 3_000;

interface Costs {
  readonly firstUs: number;
  readonly warmUs: number;
  readonly residentMib: number;
}

interface Party<T> {
  readonly relay: Relay;
  readonly rounds: T[];
}

export async function measureProxy({ against, rounds, tell }: Question) {
  const [now, before, pipe] = await inTurns(against, rounds, costsOf, tell);
  const us = (key: "firstUs" | "warmUs") => {
    const floor = pipe.map((costs) => costs[key]);
    const over = (costs: readonly Costs[]) =>
      lessBy(
        costs.map((one) => one[key]),
        floor,
      );
    return { now: over(now), before: over(before) };
  };
  const resident = (costs: readonly Costs[]) => costs.map((one) => one.residentMib);
  return new Map([
    ["proxy with recording, warm, CPU us a call over a Node pipe", us("warmUs")],
    ["proxy with recording, first 1,000 calls, CPU us a call over a Node pipe", us("firstUs")],
    ["relay after 41,000 calls, RSS MiB", { now: resident(now), before: resident(before) }],
  ]);
}

export async function measureTwenty({ against, rounds, tell }: Question) {
  const measure = (relay: Relay) => proportionalOfMany(relay.around(ECHO_SERVER));
  const [now, before, floor] = await inTurns(against, rounds, measure, tell);
  return new Map([
    ["twenty relays after 20 calls each, MiB, shared pages once", { now, before, floor }],
  ]);
}

/** @returns what this checkout, the other one and a Node pipe measured in each round */
async function inTurns<T>(
  against: string,
  rounds: number,
  measure: (relay: Relay) => Promise<T>,
  tell: Question["tell"],
): Promise<readonly [T[], T[], T[]]> {
  const now: Party<T> = { relay: recordingOf(), rounds: [] };
  const before: Party<T> = { relay: recordingOf(against), rounds: [] };
  const pipe: Party<T> = { relay: NODE_PIPE, rounds: [] };
  const parties = [now, before, pipe];
  for (let round = 0; round < rounds; round += 1) {
    tell(`round ${round + 1} of ${rounds}`);
    for (const party of round % 2 === 0 ? parties : parties.toReversed()) {
      party.rounds.push(await measure(party.relay));
    }
  }
  return [now.rounds, before.rounds, pipe.rounds];
}

async function costsOf(relay: Relay): Promise<Costs> {
  const client = new StdioClient(relay.around(ECHO_SERVER));
  const pid = client.child.pid ?? 0;
  try {
    // The recorder is loaded when the server has answered; that is no cost of a call.
    await client.call();
    await settle(SETTLE_MS);
    const firstUs = await perCall(client, pid, FIRST_CALLS);
    for (let flood = 0; flood < FLOODS; flood += 1) {
      await client.flood(FLOOD_CALLS, IN_FLIGHT);
      await settle(FLOOD_SETTLE_MS);
    }
    const warmUs = await perCall(client, pid, WARM_CALLS);
    return { firstUs, warmUs, residentMib: residentMib(pid) };
  } finally {
    await client.close();
  }
}

async function perCall(client: StdioClient, pid: number, calls: number): Promise<number> {
  const before = cpuMicroseconds(pid);
  for (let call = 0; call < calls; call += 1) await client.call();
  await settle(SETTLE_MS);
  return (cpuMicroseconds(pid) - before) / calls;
}

function settle(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
