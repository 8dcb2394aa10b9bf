/** Whether the relays of servers that speak HTTP answer. */
import { type HttpServer, httpServers } from "../install/http/http-servers.ts";
import { answersAt } from "../service/answers-at.ts";
import type { Fact } from "./fact.ts";

export interface RelayState extends HttpServer {
  readonly isUp: boolean;
}

export function relayStates(home: string): Promise<readonly RelayState[]> {
  return Promise.all(
    httpServers(home).map(async (server) => ({ ...server, isUp: await answersAt(server.port) })),
  );
}

export async function relayFacts(home: string): Promise<readonly Fact[]> {
  const states = await relayStates(home);
  return states.map((state): Fact => {
    const text = describeRelay(state);
    return { about: "relay", state: state.isUp ? "ok" : "problem", text };
  });
}

export function describeRelay({ client, name, origin, port, isUp }: RelayState): string {
  const what = `${client} ${name}: 127.0.0.1:${port} for ${origin}`;
  return isUp
    ? `${what} answers`
    : `${what} does not answer, so the client cannot reach it: start the service (caum install --http)`;
}
