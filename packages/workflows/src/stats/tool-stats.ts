/** How the tools and servers of many sessions did. */
import { comparableName } from "../compare/comparable-name.ts";
import { LogHistogram } from "../profile/log-histogram.ts";
import type { SessionProfile, ToolFigures } from "../profile/session-profile.ts";

/** What the calls of one tool, or of one server, came to over many sessions. */
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

/** One tool of one server. */
export interface ToolStats extends CallFigures {
  /** Null for all tools whose names are keyed: they are other ones in every session. */
  readonly tool: string | null;
  /** As the records name it; null where they do not, or by a keyed tag. */
  readonly server: string | null;
}

/** One server that has a name of its own. */
export interface ServerStats extends CallFigures {
  readonly server: string;
  readonly tools: number;
}

/** What `caum stats` prints as JSON. */
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
  readonly #tools = new Map<
    string,
    { tool: string | null; server: string | null; sums: CallSums }
  >();
  readonly #servers = new Map<string, { tools: Set<string>; sums: CallSums }>();
  #sessions = 0;
  #calls = 0;
  #namedCalls = 0;
  #looping = 0;

  take({ loops, structure }: SessionProfile): void {
    this.#sessions += 1;
    this.#calls += structure.calls;
    if (loops > 0) this.#looping += 1;
    const ofTools = new Map<CallSums, ToolFigures[]>();
    const ofServers = new Map<CallSums, ToolFigures[]>();
    for (const figures of structure.tools) {
      this.#namedCalls += figures.calls;
      const tool = comparableName(figures.tool) ?? null;
      const server = comparableName(figures.server ?? "") || null;
      push(ofTools, this.#toolOf(tool, server), figures);
      if (server !== null) push(ofServers, this.#serverOf(server, tool), figures);
    }
    for (const [sums, figures] of [...ofTools, ...ofServers]) sums.take(figures);
  }

  get stats(): SessionStats {
    const tools = [...this.#tools.values()]
      .map(({ tool, server, sums }) => ({ tool, server, ...sums.figures }))
      .sort(
        (one, other) =>
          byCalls(one, other) ||
          order(one.tool ?? "", other.tool ?? "") ||
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

  #toolOf(tool: string | null, server: string | null): CallSums {
    const key = JSON.stringify([tool, server]);
    const known = this.#tools.get(key) ?? { tool, server, sums: new CallSums() };
    this.#tools.set(key, known);
    return known.sums;
  }

  #serverOf(server: string, tool: string | null): CallSums {
    const known = this.#servers.get(server) ?? { tools: new Set(), sums: new CallSums() };
    this.#servers.set(server, known);
    known.tools.add(tool ?? "");
    return known.sums;
  }
}

function push(lists: Map<CallSums, ToolFigures[]>, sums: CallSums, figures: ToolFigures): void {
  const known = lists.get(sums);
  if (known === undefined) lists.set(sums, [figures]);
  else known.push(figures);
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
