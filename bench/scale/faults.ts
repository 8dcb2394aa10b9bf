/** What goes wrong while senders send. */
import type { TestServer } from "../../packages/collector/test/postgres-server.ts";
import type { FaultyLink } from "./faulty-link.ts";
import type { NodeProcess } from "./node-process.ts";

export interface FaultPlan {
  /** Seconds between; 0 for never. */
  readonly killEvery: number;
  readonly cutEvery: number;
  readonly postgresEvery: number;
}

export interface Faults {
  readonly counts: { kills: number; cuts: number; postgresKills: number };
  stop(): Promise<void>;
}

export function startFaults(
  { killEvery, cutEvery, postgresEvery }: FaultPlan,
  nodes: readonly NodeProcess[],
  links: readonly FaultyLink[],
  server: TestServer,
): Faults {
  const counts = { kills: 0, cuts: 0, postgresKills: 0 };
  const stops = [
    every(killEvery, async () => {
      await nodes[counts.kills++ % nodes.length]?.killAndRestart();
    }),
    every(cutEvery, async () => {
      links[counts.cuts++ % links.length]?.cut();
    }),
    every(postgresEvery, async () => {
      counts.postgresKills += 1;
      await server.restart?.();
    }),
  ];
  return {
    counts,
    async stop() {
      await Promise.all(stops.map((stop) => stop()));
    },
  };
}

/** @returns what ends it, and resolves when the fault under way is over */
function every(seconds: number, fault: () => Promise<void>): () => Promise<void> {
  let isOver = seconds === 0;
  let wake = () => {};
  const run = async () => {
    while (!isOver) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, seconds * 1_000);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      if (!isOver) await fault();
    }
  };
  const done = run();
  return () => {
    isOver = true;
    wake();
    return done;
  };
}
