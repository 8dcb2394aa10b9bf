/** What a session adds to the overview, from its row and as it is stored. */
import { createHash } from "node:crypto";
import {
  comparableName,
  decodeStructure,
  type LoopKind,
  loopKey,
  type SessionStructure,
} from "@caum/workflows";
import type { SessionRow } from "../../ingest/session-row.ts";
import {
  type Contribution,
  type ContributionPart,
  type LoopContribution,
  OVERVIEW_KINDS,
  OVERVIEW_SUMS,
  type OverviewFigures,
  type OverviewName,
} from "../../rows/overview-rows.ts";
import { integer, optional, type Row, text } from "./columns.ts";

/** The columns of `sessions` that {@link contributionIn} reads. */
export const CONTRIBUTION_COLUMNS = `facts, origins, regime, tokens, cost_nano_usd, steps, first_ms,
  active_ms, last_ms, dropped, loops, loop_steps, loop_cost_nano_usd, structure`;

const DAY_MS = 86_400_000;
/** Hostile numbers of one session leave room for those of others. */
const MOST = 1e15;
const GROUP_DIGITS = 24;

/** Loops of one agent with the same structure have the same id, in whichever session. */
export function groupIdOf(
  agent: string,
  kind: Pick<LoopKind, "rule" | "period" | "tools">,
): string {
  const key = `${agent}\n${loopKey(kind)}`;
  return createHash("sha256").update(key).digest("hex").slice(0, GROUP_DIGITS);
}

export function contributionIn(row: Row): Contribution {
  // Only the ledgers write these texts.
  const { agentName, agentId, workflow } = JSON.parse(text(row, "facts")) as SessionRow["facts"];
  const told = optional(row, "structure", text);
  const structure = told === undefined ? undefined : decodeStructure(told);
  const agent = agentName ?? agentId;
  const names: OverviewName[] = [
    { kind: "all", name: "" },
    { kind: "regime", name: text(row, "regime") },
  ];
  if (agent !== undefined) names.push({ kind: "agent", name: agent });
  if (workflow !== undefined) names.push({ kind: "workflow", name: workflow });
  for (const name of blindIn(row)) names.push({ kind: "blind", name });
  if (structure?.client !== undefined) names.push({ kind: "client", name: structure.client });
  return {
    day: Math.floor(integer(row, "first_ms") / DAY_MS),
    activeMs: optional(row, "active_ms", integer) ?? integer(row, "last_ms"),
    figures: bounded(figuresOf(row, structure)),
    names,
    parts: partsOf(structure?.tools ?? []),
    loops: loopsOf(agent ?? "", structure?.loopKinds ?? []),
  };
}

function blindIn(row: Row): readonly string[] {
  const { blind = [] } = JSON.parse(text(row, "origins")) as SessionRow["origins"]; // As above.
  return blind;
}

const NOTHING_COUNTED = { failures: 0, denied: 0, pending: 0, inLoops: { tokens: 0 } };

/** @param structure undefined where it is not known: what is counted with it stays 0 */
function figuresOf(row: Row, structure: SessionStructure | undefined): OverviewFigures {
  const { views } = JSON.parse(text(row, "origins")) as SessionRow["origins"]; // As above.
  const [loops, dropped] = [integer(row, "loops"), integer(row, "dropped")];
  const [tokens, costNanoUsd] = [integer(row, "tokens"), integer(row, "cost_nano_usd")];
  const { failures, denied, pending, inLoops } = structure ?? NOTHING_COUNTED;
  return {
    sessions: 1,
    looped: isAny(loops),
    loops,
    steps: integer(row, "steps"),
    loopSteps: integer(row, "loop_steps"),
    failures,
    denied,
    unanswered: pending,
    dropped,
    droppedIn: isAny(dropped),
    partial: views.length > 0 && !views.includes("full") ? 1 : 0,
    tokens,
    // What nobody told adds up to 0; a session that really used none is as good as that.
    tokensKnown: isAny(tokens),
    loopTokens: inLoops.tokens,
    costNanoUsd,
    costKnown: isAny(costNanoUsd),
    loopCostNanoUsd: integer(row, "loop_cost_nano_usd"),
  };
}

function isAny(value: number): 0 | 1 {
  return value > 0 ? 1 : 0;
}

function bounded(figures: OverviewFigures): OverviewFigures {
  const entries = OVERVIEW_SUMS.map((sum) => [sum, Math.min(figures[sum], MOST)] as const);
  return Object.fromEntries(entries) as unknown as OverviewFigures; // Each sum is in the list.
}

type Tools = SessionStructure["tools"];

/** Names that say nothing outside of their session are left out. */
function partsOf(tools: Tools): readonly ContributionPart[] {
  const parts = new Map<string, ContributionPart>();
  const add = (kind: "tool" | "server", name: string, of: Tools[number]) => {
    const key = `${kind}\n${name}`;
    const { steps = 0, loopSteps = 0, failures = 0 } = parts.get(key) ?? {};
    parts.set(key, {
      kind,
      name,
      steps: steps + of.calls,
      loopSteps: loopSteps + of.loopSteps,
      failures: failures + of.toolErrors + of.protocolErrors,
    });
  };
  for (const figures of tools) {
    const tool = comparableName(figures.tool);
    if (tool !== undefined) add("tool", tool, figures);
    const server = figures.server === undefined ? undefined : comparableName(figures.server);
    if (server !== undefined) add("server", server, figures);
  }
  return [...parts.values()];
}

function loopsOf(agent: string, kinds: readonly LoopKind[]): readonly LoopContribution[] {
  const groups = new Map<string, LoopContribution>();
  for (const kind of kinds) {
    const isNamed = kind.tools.every((tool) => comparableName(tool) !== undefined);
    if (kind.count === 0 || !isNamed) continue;
    const group = groupIdOf(agent, kind);
    const known = groups.get(group);
    groups.set(group, {
      group,
      agent,
      rule: kind.rule,
      period: kind.period,
      tools: kind.tools.toSorted(),
      loops: Math.min(MOST, (known?.loops ?? 0) + kind.count),
      steps: Math.min(MOST, (known?.steps ?? 0) + kind.steps),
      costNanoUsd: Math.min(MOST, (known?.costNanoUsd ?? 0) + kind.costNanoUsd),
    });
  }
  return [...groups.values()];
}

type EncodedName = readonly [kind: number, name: string];
type Encoded = readonly [
  day: number,
  activeMs: number,
  figures: readonly number[],
  names: readonly EncodedName[],
  parts: readonly (readonly [...EncodedName, steps: number, loopSteps: number, failures: number])[],
  loops: readonly (readonly [
    group: string,
    agent: string,
    rule: string,
    period: number,
    tools: readonly string[],
    loops: number,
    steps: number,
    costNanoUsd: number,
  ])[],
];

export function encodeContribution(contribution: Contribution): string {
  const { day, activeMs, figures, names, parts, loops } = contribution;
  const kindOf = ({ kind }: OverviewName) => OVERVIEW_KINDS.indexOf(kind);
  const encoded: Encoded = [
    day,
    activeMs,
    OVERVIEW_SUMS.map((sum) => figures[sum]),
    names.map((name) => [kindOf(name), name.name]),
    parts.map((part) => [kindOf(part), part.name, part.steps, part.loopSteps, part.failures]),
    loops.map(({ group, agent, rule, period, tools, ...sums }) => {
      return [group, agent, rule, period, tools, sums.loops, sums.steps, sums.costNanoUsd];
    }),
  ];
  return JSON.stringify(encoded);
}

export function decodeContribution(encoded: string): Contribution {
  // Only `encodeContribution` writes this text.
  const [day, activeMs, sums, names, parts, loops] = JSON.parse(encoded) as Encoded;
  // A kind that a newer node sums under is that node's to take back.
  const nameOf = (place: number, name: string) => {
    const kind = OVERVIEW_KINDS[place];
    return kind === undefined ? [] : [{ kind, name }];
  };
  const figures = OVERVIEW_SUMS.map((sum, at) => [sum, sums[at] ?? 0] as const);
  return {
    day,
    activeMs,
    figures: Object.fromEntries(figures) as unknown as OverviewFigures, // Each sum is in the list.
    names: names.flatMap(([kind, name]) => nameOf(kind, name)),
    parts: parts.flatMap(([kind, name, steps, loopSteps, failures]) =>
      nameOf(kind, name).map((named) => ({ ...named, steps, loopSteps, failures })),
    ),
    loops: loops.map(([group, agent, rule, period, tools, times, steps, costNanoUsd]) => {
      return { group, agent, rule, period, tools, loops: times, steps, costNanoUsd };
    }),
  };
}
