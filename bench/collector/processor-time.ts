/** Who used the processors of this machine, from what Linux tells in /proc. */
import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { query } from "../../packages/collector/test/postgres-server.ts";

/** Clock ticks a second in /proc, the same on every Linux. */
const TICKS = 100;

/** Seconds of processor time since the start. */
export interface ProcessorTime {
  readonly senders: number;
  readonly nodes: number;
  readonly database: number;
  /** All of the machine, others included. */
  readonly machine: number;
}

/** Undefined where /proc tells nothing. */
export type Watch = () => ProcessorTime | undefined;

/** @param nodes process ids of the nodes; this process is the senders */
export async function watchProcessors(database: string, nodes: readonly number[]): Promise<Watch> {
  const [row] = await query(
    database,
    "select pid from pg_stat_activity where backend_type = 'checkpointer'",
  );
  const server = statOf(Number(row?.pid))?.parent;
  return () => {
    const machine = machineTicks();
    if (machine === undefined || server === undefined) return undefined;
    const sum = (ticks: readonly number[]) => ticks.reduce((a, b) => a + b, 0) / TICKS;
    return {
      senders: sum([statOf(process.pid)?.ticks ?? 0]),
      nodes: sum(nodes.map((pid) => statOf(pid)?.ticks ?? 0)),
      database: sum(familyOf(server)),
      machine: machine / TICKS,
    };
  };
}

/** Processor time of one process so far, in seconds; NaN where /proc tells nothing. */
export function processorSeconds(pid: number): number {
  return (statOf(pid)?.ticks ?? Number.NaN) / TICKS;
}

/** Cores that were busy between two looks, and who kept them busy. */
export function coresText(
  before: ProcessorTime | undefined,
  after: ProcessorTime | undefined,
  { seconds, events }: { readonly seconds: number; readonly events: number },
): string {
  if (before === undefined || after === undefined) return "not told by this system";
  const cores = (name: keyof ProcessorTime) => (after[name] - before[name]) / seconds;
  const text = (name: keyof ProcessorTime) => cores(name).toFixed(2);
  const others = cores("machine") - cores("nodes") - cores("database") - cores("senders");
  const perCore = Math.round(events / (after.machine - before.machine));
  return `${text("machine")} of ${availableParallelism()} cores busy (nodes ${text("nodes")}, database ${text("database")}, senders ${text("senders")}, others ${Math.max(0, others).toFixed(2)}), ${perCore} events per busy core second`;
}

interface Stat {
  readonly parent: number;
  readonly ticks: number;
  /** Of children that have ended. */
  readonly endedTicks: number;
}

function statOf(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name before stands in parentheses and may hold anything.
    const [, parent = 0, ...fields] = text
      .slice(text.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
    const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(9, 13);
    return { parent, ticks: user + system, endedTicks: endedUser + endedSystem };
  } catch {
    return undefined;
  }
}

/** The server, its processes, and those that have ended. */
function familyOf(server: number): readonly number[] {
  const own = statOf(server);
  const stats = readdirSync("/proc").flatMap((name) => {
    const stat = /^\d+$/.test(name) ? statOf(Number(name)) : undefined;
    return stat?.parent === server ? [stat.ticks] : [];
  });
  return [own?.ticks ?? 0, own?.endedTicks ?? 0, ...stats];
}

function machineTicks(): number | undefined {
  try {
    const [line = ""] = readFileSync("/proc/stat", "utf8").split("\n");
    const [, user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = line
      .split(/\s+/)
      .map(Number);
    return user + nice + system + irq + softirq;
  } catch {
    return undefined;
  }
}
