/** The options of `caum gate` and `caum check` that say what sessions are held against. */
import type { FailKind, GateLimits } from "@caum/workflows";
import type { Command } from "commander";
import { collect } from "./declare.ts";

/** A copy: what declares a command loads nothing that does its work. */
const FAIL_ON = [
  "loop",
  "review",
  "error",
  "denied",
  "pending",
  "slow",
] as const satisfies readonly FailKind[];

export interface LimitFlags {
  readonly failOn?: readonly string[];
  readonly slow?: string;
  readonly expectTool?: readonly string[];
  readonly forbidTool?: readonly string[];
  readonly maxDuration?: string;
  readonly maxSteps?: string;
  readonly maxCost?: string;
  readonly maxLoopRate?: string;
}

export interface ComparisonFlags {
  readonly maxLoopGrowth?: string;
  readonly maxCostGrowth?: string;
  readonly minSessions?: string;
  readonly strict?: boolean;
}

export function limitOptions(command: Command): Command {
  return command
    .option("--fail-on <kinds>", `what no session may have: ${FAIL_ON.join(", ")}`, collect)
    .option("--slow <time>", "a call that takes so long is slow (default: 30s)")
    .option("--expect-tool <name>", "a tool that every session must call (repeatable)", collect)
    .option("--forbid-tool <name>", "a tool that no session may call (repeatable)", collect)
    .option("--max-duration <time>", "longest time from first to last event: 90s, 10m, 2h")
    .option("--max-steps <n>", "most steps of a session")
    .option("--max-cost <usd>", "most that a session may cost, in dollars")
    .option("--max-loop-rate <share>", "largest share of sessions with a loop: 2% or 0.02");
}

export function comparisonOptions(command: Command): Command {
  return command
    .option(
      "--max-loop-growth <share>",
      "by how much that share may grow: 2% is two points (default: 0)",
    )
    .option("--max-cost-growth <share>", "by how much a session's cost may grow: 10%")
    .option("--min-sessions <n>", "fewest sessions on each side (default: 20)")
    .option("--strict", "what is not shown to hold is not judged (2), instead of passed");
}

/** @throws {Error} when a value is not understood, or an option says nothing without another one */
export function limitsOf(flags: LimitFlags & ComparisonFlags): GateLimits {
  const failOn = flags.failOn?.flatMap((kinds) => kinds.split(",").map(failKindOf));
  if (flags.slow !== undefined && failOn?.includes("slow") !== true) {
    throw new Error("--slow says what --fail-on slow finds: give both");
  }
  return {
    ...(failOn && { failOn }),
    ...(flags.slow !== undefined && { slowMs: timeOf("--slow", flags.slow) }),
    ...(flags.expectTool && { expectTools: toolsOf("--expect-tool", flags.expectTool) }),
    ...(flags.forbidTool && { forbidTools: toolsOf("--forbid-tool", flags.forbidTool) }),
    ...(flags.maxDuration !== undefined && {
      maxDurationMs: timeOf("--max-duration", flags.maxDuration),
    }),
    ...(flags.maxSteps !== undefined && { maxSteps: wholeOf("--max-steps", flags.maxSteps) }),
    ...(flags.maxCost !== undefined && { maxCostNanoUsd: nanoUsdOf(flags.maxCost) }),
    ...shareIn("maxLoopRate", "--max-loop-rate", flags.maxLoopRate, 1),
    ...shareIn("maxLoopGrowth", "--max-loop-growth", flags.maxLoopGrowth, 1),
    ...shareIn("maxCostGrowth", "--max-cost-growth", flags.maxCostGrowth, 1_000),
    ...(flags.minSessions !== undefined && {
      minSessions: wholeOf("--min-sessions", flags.minSessions),
    }),
    ...(flags.strict && { isStrict: true }),
  };
}

/** Whether anything is asked for that needs no baseline. */
export function hasLimit(flags: LimitFlags): boolean {
  const { failOn, expectTool, forbidTool, maxDuration, maxSteps, maxCost, maxLoopRate } = flags;
  return [failOn, expectTool, forbidTool, maxDuration, maxSteps, maxCost, maxLoopRate].some(
    (flag) => flag !== undefined,
  );
}

function failKindOf(name: string): FailKind {
  const known = FAIL_ON.find((kind) => kind === name.trim());
  if (known !== undefined) return known;
  throw new Error(`--fail-on ${name} is not known: ${FAIL_ON.join(", ")}`);
}

/** An empty name comes of a variable that is not set: what it stands for would pass unseen. */
function toolsOf(option: string, names: readonly string[]): readonly string[] {
  if (names.includes("")) throw new Error(`${option} takes the name of a tool`);
  return names;
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

function timeOf(option: string, text: string): number {
  const [, count, unit = ""] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h)$/.exec(text) ?? [];
  const ms = UNIT_MS[unit];
  if (count === undefined || ms === undefined) {
    throw new Error(`${option} ${text} is no time: write 500ms, 30s, 10m or 2h`);
  }
  return Number(count) * ms;
}

function wholeOf(option: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`${option} is a whole number from 1 on`);
  return Number(text);
}

const NANO_USD = 1e9;

function nanoUsdOf(text: string): number {
  if (!/^\d{1,6}(?:\.\d{1,9})?$/.test(text)) {
    throw new Error("--max-cost is an amount of dollars such as 0.50");
  }
  return Math.round(Number(text) * NANO_USD);
}

function shareIn<Name extends string>(
  name: Name,
  option: string,
  text: string | undefined,
  most: number,
): { readonly [N in Name]?: number } {
  if (text === undefined) return {};
  const [, count, sign] = /^(\d{1,6}(?:\.\d{1,6})?)(%?)$/.exec(text) ?? [];
  const share = Number(count) / (sign === "%" ? 100 : 1);
  if (count === undefined || share > most) {
    throw new Error(`${option} is a share such as 2% or 0.02`);
  }
  // True because the name is the only one.
  return { [name]: share } as { [N in Name]?: number };
}
