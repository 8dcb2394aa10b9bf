import { isDeepStrictEqual } from "node:util";
import { DOCTOR_SESSION } from "@caum/core/settings";
import type { ConfiguredServer } from "./configured-servers.ts";
import { McpClient, type ServerCommand } from "./mcp-client.ts";
import { memoryOf } from "./memory.ts";

/** What one start of a server showed. */
export interface Start {
  /** From the start of the process to its first answer. */
  readonly startMs: number;
  readonly memoryMiB?: number | undefined;
  readonly tools: number;
  readonly problem?: string;
}

export interface Comparison {
  readonly client: string;
  readonly name: string;
  readonly isWrapped: boolean;
  readonly direct?: Start;
  readonly recorded?: Start;
  /** Both answered the same; absent when that could not be compared. */
  readonly isSame?: boolean;
  readonly skipped?: string;
  /** Its client may go on without it. */
  readonly warning?: string;
}

/** From this share of the client's limit on, a busy machine makes a server late. */
const NEAR_LIMIT = 0.5;

interface Seen {
  readonly start: Start;
  readonly answers: readonly unknown[];
}

/** Starts a server without us and with us, one after the other, and compares what it answers. */
export async function compareServer(
  server: ConfiguredServer,
  env: Readonly<Record<string, string | undefined>>,
  timeoutMs: number,
): Promise<Comparison> {
  const { client, name, isWrapped, skipped, cwd } = server;
  if (skipped !== undefined) return { client, name, isWrapped, skipped };
  const command = { env: { ...env, ...server.env, CAUM_SESSION_ID: DOCTOR_SESSION }, cwd };
  const direct = await startOnce({ ...command, words: server.direct }, timeoutMs);
  const recorded = await startOnce({ ...command, words: server.recorded }, timeoutMs);
  const isSame =
    direct.start.problem === recorded.start.problem &&
    isDeepStrictEqual(direct.answers, recorded.answers);
  const warning = warningOf(server, recorded.start);
  const seen = { client, name, isWrapped, direct: direct.start, recorded: recorded.start, isSame };
  return warning === undefined ? seen : { ...seen, warning };
}

function warningOf({ client, startLimitMs }: ConfiguredServer, { startMs }: Start) {
  if (startLimitMs === undefined || startMs < startLimitMs * NEAR_LIMIT) return undefined;
  const limit = startLimitMs / 1_000;
  return `${client} goes on without a server that takes longer than ${limit} s to answer, and this one took ${(startMs / 1_000).toFixed(1)} s`;
}

async function startOnce(command: ServerCommand, timeoutMs: number): Promise<Seen> {
  const startedAt = performance.now();
  const client = new McpClient(command, timeoutMs);
  try {
    const opened = await client.open("caum-doctor");
    const startMs = Math.round(performance.now() - startedAt);
    const listed = await client.ask("tools/list");
    const memoryMiB = client.pid === undefined ? undefined : memoryOf(client.pid);
    return {
      start: { startMs, memoryMiB, tools: countTools(listed.result) },
      answers: [opened, listed],
    };
  } catch (problem) {
    const startMs = Math.round(performance.now() - startedAt);
    const text = problem instanceof Error ? problem.message : "failed";
    return { start: { startMs, tools: 0, problem: text }, answers: [] };
  } finally {
    await client.close();
  }
}

function countTools(result: unknown): number {
  if (typeof result !== "object" || result === null || !("tools" in result)) return 0;
  return Array.isArray(result.tools) ? result.tools.length : 0;
}
