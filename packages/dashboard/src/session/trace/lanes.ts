import type { Trace } from "./trace.ts";

/** Steps of one server or of one sub-agent, as places among the steps. */
export interface Lane {
  readonly kind: "server" | "agent";
  readonly name: string;
  readonly at: readonly number[];
}

/** Those with the most steps first; steps that name neither are in none. */
export function lanesOf({ records, recordOf }: Trace): readonly Lane[] {
  const lanes = new Map<string, { kind: Lane["kind"]; name: string; at: number[] }>();
  const add = (kind: Lane["kind"], name: string | undefined, at: number) => {
    if (name === undefined) return;
    const key = `${kind} ${name}`;
    const lane = lanes.get(key) ?? { kind, name, at: [] };
    lane.at.push(at);
    lanes.set(key, lane);
  };
  for (const [at, index] of recordOf.entries()) {
    add("server", records[index]?.serverTag, at);
    add("agent", records[index]?.agentTag, at);
  }
  return [...lanes.values()].sort((one, other) => other.at.length - one.at.length);
}
