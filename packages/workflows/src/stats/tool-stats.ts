/** How the tools and servers of many sessions did. */
import { LogHistogram } from "../profile/log-histogram.ts";
import type { SessionProfile, ToolFigures } from "../profile/session-profile.ts";

export interface CallFigures {
  readonly calls: number;
  /** Sessions that called it, and those in which a call of it failed. */
  readonly sessions: number;
  readonly failedSessions: number;
  /** Calls that the tool answered with a failure, and those that failed before it could answer. */
  readonly toolErrors: number;
  readonly protocolErrors: number;
  /** Calls whose duration is known exactly. */
  readonly timedCalls: number;
  /** Milliseconds, to within a sixteenth; null where no duration is known. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  /** Sessions in which calls of it were steps of a loop, and how many calls were. */
  readonly loopingSessions: number;
  readonly loopSteps: number;
}

export interface ToolStats extends CallFigures {
  readonly tool: string;
  /** As the records name it; null where they do not. */
  readonly server: string | null;
}

export interface ServerStats extends CallFigures {
  readonly server: string;
  readonly tools: number;
}

export interface SessionStats {
  readonly schema: "caum.stats.v1.0";
  readonly sessions: number;
  readonly calls: number;
  /** Calls of tools beyond those that a session's profile names. */
  readonly otherCalls: number;
  /** Sessions that had a loop. */
  readonly looping: number;
  /** The most called first. */
  readonly tools: readonly ToolStats[];
  readonly servers: readonly ServerStats[];
}

/** Sums over many sessions, taken one by one. */
export class StatsCounter {
  readonly #tools = new Map<string, { tool: string; server: string | null; sums: CallSums }>();
  readonly #servers = new Map<string, { tools: Set<string>; sums: CallSums }>();
  #sessions = 0;
  #calls = 0;
  #namedCalls = 0;
  #looping = 0;

  take({ loops, structure }: SessionProfile): void {
    this.#sessions += 1;
    this.#calls += structure.calls;
    if (loops > 0) this.#looping += 1;
    const ofServers = new Map<string, ToolFigures[]>();
    for (const figures of structure.tools) {
      const { tool, server } = figures;
      this.#namedCalls += figures.calls;
      this.#toolOf(tool, server ?? null).take([figures]);
      if (server === undefined) continue;
      ofServers.set(server, [...(ofServers.get(server) ?? []), figures]);
    }
    for (const [server, figures] of ofServers) {
      const known = this.#servers.get(server) ?? { tools: new Set(), sums: new CallSums() };
      this.#servers.set(server, known);
      known.sums.take(figures);
      for (const { tool } of figures) known.tools.add(tool);
    }
  }

  get stats(): SessionStats {
    const tools = [...this.#tools.values()]
      .map(({ tool, server, sums }) => ({ tool, server, ...sums.figures }))
      .sort(
        (one, other) =>
          byCalls(one, other) ||
          order(one.tool, other.tool) ||
          order(one.server ?? "", other.server ?? ""),
      );
    const servers = [...this.#servers]
      .map(([server, { tools: ofIt, sums }]) => ({ server, tools: ofIt.size, ...sums.figures }))
      .sort((one, other) => byCalls(one, other) || order(one.server, other.server));
    return {
      schema: "caum.stats.v1.0",
      sessions: this.#sessions,
      calls: this.#calls,
      otherCalls: this.#calls - this.#namedCalls,
      looping: this.#looping,
      tools,
      servers,
    };
  }

  #toolOf(tool: string, server: string | null): CallSums {
    const key = JSON.stringify([tool, server]);
    const known = this.#tools.get(key) ?? { tool, server, sums: new CallSums() };
    this.#tools.set(key, known);
    return known.sums;
  }
}

class CallSums {
  readonly #durations = new LogHistogram();
  readonly #sums = {
    calls: 0,
    sessions: 0,
    failedSessions: 0,
    toolErrors: 0,
    protocolErrors: 0,
    loopingSessions: 0,
    loopSteps: 0,
  };

  /** @param ofSession what one session has of it */
  take(ofSession: readonly ToolFigures[]): void {
    const sums = this.#sums;
    let [failures, loopSteps] = [0, 0];
    for (const { calls, toolErrors, protocolErrors, durations, ...figures } of ofSession) {
      sums.calls += calls;
      sums.toolErrors += toolErrors;
      sums.protocolErrors += protocolErrors;
      failures += toolErrors + protocolErrors;
      loopSteps += figures.loopSteps;
      this.#durations.addAll(durations);
    }
    sums.sessions += 1;
    sums.loopSteps += loopSteps;
    if (failures > 0) sums.failedSessions += 1;
    if (loopSteps > 0) sums.loopingSessions += 1;
  }

  get figures(): CallFigures {
    const at = (share: number) => this.#durations.quantile(share) ?? null;
    return {
      ...this.#sums,
      timedCalls: this.#durations.total,
      p50Ms: at(0.5),
      p95Ms: at(0.95),
      p99Ms: at(0.99),
    };
  }
}

function byCalls(one: CallFigures, other: CallFigures): number {
  return other.calls - one.calls;
}

function order(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
