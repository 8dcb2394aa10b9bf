/** What the HTTP proxy adds to a call, beside another build of it; calls take turns, one by one. */
import { Agent } from "node:http";
import { post } from "../mcp-proxy/http.ts";
import { type Listening, startListening } from "../mcp-proxy/port.ts";
import { HTTP_SERVER, httpRecordingOf } from "../mcp-proxy/relays.ts";
import { median } from "../mcp-proxy/statistics.ts";
import type { Question } from "./measurements.ts";
import { lessBy } from "./spread.ts";

const WARM_UP_CALLS = 3_000;
const CALLS = 1_000;

interface Party extends Listening {
  readonly agent: Agent;
  /** p50 of each round, in milliseconds. */
  readonly rounds: number[];
}

export async function measureHttpAdded({ against, rounds, tell }: Question) {
  const direct = await startParty(HTTP_SERVER);
  const url = `http://127.0.0.1:${direct.port}/mcp`;
  const now = await startParty([...httpRecordingOf(), url]);
  const before = await startParty([...httpRecordingOf(against), url]);
  const parties = [direct, now, before];
  try {
    await round(parties, WARM_UP_CALLS);
    for (let at = 0; at < rounds; at += 1) {
      tell(`round ${at + 1} of ${rounds}`);
      const times = await round(at % 2 === 0 ? parties : parties.toReversed(), CALLS);
      for (const party of parties) party.rounds.push(median(times.get(party) ?? []));
    }
  } finally {
    for (const { child, agent } of parties) {
      agent.destroy();
      child.kill();
    }
  }
  const added = ({ rounds: p50s }: Party) => lessBy(p50s, direct.rounds);
  return new Map([
    ["HTTP proxy with recording, p50 added, ms", { now: added(now), before: added(before) }],
  ]);
}

async function round(parties: readonly Party[], calls: number) {
  const times = new Map(parties.map((party) => [party, [] as number[]]));
  for (let call = 0; call < calls; call += 1) {
    for (const [{ port, agent }, list] of times) {
      const from = performance.now();
      await post(port, agent);
      list.push(performance.now() - from);
    }
  }
  return times;
}

async function startParty(command: readonly string[]): Promise<Party> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return { ...(await startListening(command)), agent, rounds: [] };
}
