/** The compact form in which a structure is stored with its session. */
import {
  type LoopKind,
  OPERATIONS,
  type RememberedStructure,
  type SessionStructure,
  type ToolFigures,
} from "./session-profile.ts";
import { knowPairs, type Pairs, pairsOf } from "./transition-pairs.ts";

const VERSION = 1;

type EncodedTool = readonly [
  tool: string,
  server: string | 0,
  calls: number,
  toolErrors: number,
  protocolErrors: number,
  loopSteps: number,
  durations: Pairs,
];
type EncodedKind = readonly [
  LoopKind["rule"],
  period: number,
  tools: readonly string[],
  count: number,
  steps: number,
  costNanoUsd: number,
];
type Encoded = readonly [
  typeof VERSION,
  counts: readonly [number, number, number, number, number, number, number],
  client: string | 0,
  ops: readonly number[],
  transitions: Pairs,
  tools: readonly EncodedTool[],
  models: Readonly<Record<string, number>>,
  loopKinds: readonly EncodedKind[],
  inLoops: readonly [tokens: number, ms: number],
  afterAlert: readonly [steps: number, tokens: number, costNanoUsd: number, ms: number],
];

/** Text that {@link decodeStructure} reads; the same for the same structure. */
export function encodeStructure(structure: SessionStructure): string {
  const { calls, turns, reviewSteps, failures, retries, denied, pending } = structure;
  const { client, ops, transitions, tools, models, loopKinds, inLoops, afterAlert } = structure;
  const { steps, tokens, costNanoUsd, ms } = afterAlert;
  // By hand and without lists in between, because of one session this is asked with every few records.
  let text = `[${VERSION},[${calls},${turns},${reviewSteps},${failures},${retries},${denied},${pending}]`;
  text += `,${client === undefined ? 0 : JSON.stringify(client)},[${listed(ops)}]`;
  text += `,[${pairsText(transitions)}],[${toolsText(tools)}],${JSON.stringify(models)}`;
  text += `,${loopKinds.length === 0 ? "[]" : JSON.stringify(loopKinds.map(encodeKind))}`;
  return `${text},[${inLoops.tokens},${inLoops.ms}],[${steps},${tokens},${costNanoUsd},${ms}]]`;
}

function listed(numbers: readonly number[]): string {
  let text = "";
  for (const number of numbers) text += text === "" ? number : `,${number}`;
  return text;
}

function toolsText(tools: readonly ToolFigures[]): string {
  let text = "";
  for (const tool of tools) text += text === "" ? encodedTool(tool) : `,${encodedTool(tool)}`;
  return text;
}

/** {@link pairsOf} as text. */
function pairsText(counts: Readonly<Record<number, number>>): string {
  let text = "";
  for (const place in counts) text += `${text === "" ? "" : ","}${place},${counts[place]}`;
  return text;
}

/** Of a tool nothing changes but with a call of it, or when that call is found to be part of a loop. */
const toolTexts = new WeakMap<
  ToolFigures,
  { readonly calls: number; readonly loopSteps: number; readonly text: string }
>();

function encodedTool(figures: ToolFigures): string {
  const { calls, loopSteps } = figures;
  const known = toolTexts.get(figures);
  if (known?.calls === calls && known.loopSteps === loopSteps) return known.text;
  const text = JSON.stringify(encodeTool(figures));
  toolTexts.set(figures, { calls, loopSteps, text });
  return text;
}

/**
 * @param text what {@link encodeStructure} wrote
 * @throws {RangeError} when a newer program wrote it
 */
export function decodeStructure(text: string): SessionStructure {
  const encoded = read(text);
  const [, counts, client, ops, transitions, tools, models, loopKinds, inLoops, afterAlert] =
    encoded;
  const [calls, turns, reviewSteps, failures, retries, denied, pending] = counts;
  const [steps, tokens, costNanoUsd, ms] = afterAlert;
  const structure: SessionStructure = {
    calls,
    turns,
    reviewSteps,
    failures,
    retries,
    denied,
    pending,
    ...(client !== 0 && { client }),
    ops: allOperations(ops),
    // Most readers ask for the pairs.
    get transitions() {
      return countsOf(transitions);
    },
    tools: tools.map(decodeTool),
    models,
    loopKinds: loopKinds.map(decodeKind),
    inLoops: { tokens: inLoops[0], ms: inLoops[1] },
    afterAlert: { steps, tokens, costNanoUsd, ms },
  };
  knowPairs(structure, transitions);
  return structure;
}

/**
 * The same for the memory of workflows, which reads many of them and asks for less.
 *
 * @throws {RangeError} when a newer program wrote it
 */
export function decodeRemembered(text: string): RememberedStructure {
  const encoded = read(text);
  const counts = encoded[1];
  const tools = encoded[5];
  const inLoops = encoded[8];
  const afterAlert = encoded[9];
  return {
    calls: counts[0],
    turns: counts[1],
    reviewSteps: counts[2],
    failures: counts[3],
    retries: counts[4],
    denied: counts[5],
    pending: counts[6],
    client: encoded[2] === 0 ? undefined : encoded[2],
    ops: allOperations(encoded[3]),
    pairs: encoded[4],
    tools: tools.map((tool) => ({ tool: tool[0], calls: tool[2] })),
    models: encoded[6],
    inLoops: { tokens: inLoops[0], ms: inLoops[1] },
    afterAlert: {
      steps: afterAlert[0],
      tokens: afterAlert[1],
      costNanoUsd: afterAlert[2],
      ms: afterAlert[3],
    },
  };
}

function read(text: string): Encoded {
  const encoded = JSON.parse(text) as Encoded; // Only `encodeStructure` writes it.
  if (encoded[0] === VERSION) return encoded;
  throw new RangeError("a newer caum wrote this structure: update caum");
}

function allOperations(ops: readonly number[]): readonly number[] {
  return ops.length === OPERATIONS.length ? ops : OPERATIONS.map((_, index) => ops[index] ?? 0);
}

function encodeTool(figures: ToolFigures): EncodedTool {
  const { tool, server, calls, toolErrors, protocolErrors, loopSteps, durations } = figures;
  return [tool, server ?? 0, calls, toolErrors, protocolErrors, loopSteps, pairsOf(durations)];
}

function decodeTool(encoded: EncodedTool): ToolFigures {
  const [tool, server, calls, toolErrors, protocolErrors, loopSteps, durations] = encoded;
  return {
    tool,
    ...(server !== 0 && { server }),
    calls,
    toolErrors,
    protocolErrors,
    loopSteps,
    // Few readers ask for them.
    get durations() {
      return countsOf(durations);
    },
  };
}

function encodeKind({ rule, period, tools, count, steps, costNanoUsd }: LoopKind): EncodedKind {
  return [rule, period, tools, count, steps, costNanoUsd];
}

function decodeKind([rule, period, tools, count, steps, costNanoUsd]: EncodedKind): LoopKind {
  return { rule, period, tools, count, steps, costNanoUsd };
}

function countsOf(pairs: Pairs): Readonly<Record<number, number>> {
  const counts: Record<number, number> = {};
  for (let at = 0; at < pairs.length; at += 2) counts[pairs[at] ?? 0] = pairs[at + 1] ?? 0;
  return counts;
}
