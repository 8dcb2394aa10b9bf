/**
 * How soon a change in a workflow is found, and how often one is found where there is none:
 * `npm run bench:workflows [-- --traces FOLDER --runs COUNT --sessions COUNT]`; with `--sessions` also
 * what remembering so many costs.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import {
  calibrationOf,
  decodeState,
  encodeState,
  outcomesOf,
  WorkflowState,
} from "@caum/workflows";
import { moreLoops, moreRetries, otherName, shuffledCalls, swappedPairs } from "./changes.ts";
import { driftFigures, type Scenario } from "./drift-figures.ts";
import { loopRateFigures } from "./loop-rates.ts";
import { hasLoop, retriesOf, transitionsOf } from "./oracle.ts";
import { BEFORE, MONTH, SOON } from "./periods.ts";
import { printGate } from "./print-gate.ts";
import {
  calibrationTable,
  channelLine,
  detectionTable,
  falseAlarmTable,
  loopRateTable,
} from "./table.ts";
import { readSessions } from "./trace-sessions.ts";
import { Profiles, ShuffledHistory, type Workflow, workflowsOf } from "./workflow.ts";

const OURS = fileURLToPath(new URL("../health/data", import.meta.url));
const FEWEST = 80;
const LOOP_RATES = [0, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.3];
const RUNS_OF_RATE = 400;
/** Of 100 histories without a change, a month may have so many with an alarm. */
const MOST_FALSE = 0.05;

const { values } = parseArgs({
  options: {
    traces: { type: "string" },
    runs: { type: "string", default: "50" },
    sessions: { type: "string" },
  },
});
const runs = Number(values.runs);
const sessions = readSessions(values.traces ?? process.env.CAUM_TRACES ?? OURS);
const workflows = workflowsOf(sessions, FEWEST);
const profiles = new Profiles();
const print = (text: string) => process.stdout.write(`${text}\n`);

const modelOf = ({ sessions: own }: Workflow) => own[0]?.model ?? "";
const sourceOf = ({ sessions: own }: Workflow) => own[0]?.source ?? "";
const scenarios: readonly Scenario[] = [
  { name: "retries", change: moreRetries, measure: retriesOf },
  { name: "shuffled", change: shuffledCalls, measure: transitionsOf },
  { name: "pairs", change: swappedPairs, measure: transitionsOf },
  { name: "loops", change: moreLoops, measure: hasLoop },
  { name: "model", change: otherName },
  { name: "its ways", sessionsOf: otherModels },
  { name: "source", sessionsOf: otherSources },
];

/** Sessions of the source's other models under this one's name; of a source as a whole, none. */
function otherModels(workflow: Workflow) {
  const [source, model] = [sourceOf(workflow), modelOf(workflow)];
  const others = sessions.filter(
    (one) => one.source === source && one.model !== model && one.steps.length > 0,
  );
  if (workflow.name === source || others.length < FEWEST / 2) return undefined;
  return others.map((session) => ({ ...session, model }));
}

function otherSources(workflow: Workflow) {
  const others = sessions.filter(
    (one) => one.source !== sourceOf(workflow) && one.steps.length > 0,
  );
  return others.map((session) => ({ ...session, model: modelOf(workflow) }));
}

print(`${workflows.length} workflows, ${runs} histories each; seeds are fixed\n`);
const figures = workflows.map((one) => driftFigures(one, profiles, runs, scenarios));
print(`== found within ${SOON} sessions, after ${BEFORE} without a change (median session)`);
print("   with what an oracle finds that knows the workflow, the change and what to look at\n");
print(`${detectionTable(figures, scenarios)}\n`);
print(`== false alarms: histories with one in a month of ${MONTH} sessions\n`);
print(`${falseAlarmTable(figures)}\n\nby what seemed to move: ${channelLine(figures)}\n`);
printLoopRates();
printOutcomes();
if (!printGate(workflows, profiles, print)) process.exitCode = 1;
printCost();
if (values.sessions !== undefined) printMemory(values.sessions);
const months = figures.flatMap((one) => [one.inFirstMonth / one.runs, one.inLaterMonth / one.runs]);
const mean = months.reduce((sum, share) => sum + share, 0) / months.length;
const verdict = mean <= MOST_FALSE ? "holds" : "MISSED";
print(`at most 1 in 20 workflows and month: ${(100 * mean).toFixed(1)} in 100: ${verdict}`);
if (mean > MOST_FALSE) process.exitCode = 1;

function printLoopRates(): void {
  const profile = new ShuffledHistory(workflows[0]?.sessions ?? [], profiles, 1).next();
  const byRate = LOOP_RATES.map((rate) => loopRateFigures(profile, rate, RUNS_OF_RATE));
  print(`== loops alone, ${RUNS_OF_RATE} made-up histories for each rate\n`);
  print(`${loopRateTable(byRate)}\n`);
}

function printOutcomes(): void {
  const all = workflows.map(({ name, sessions: own }) => {
    const known = own.map((session) => profiles.of(session));
    return [name, calibrationOf(outcomesOf(known))] as const;
  });
  print(`== failure_risk against outcomes, of sessions that were not known\n`);
  print(`${calibrationTable(all)}\n`);
}

/** One session more of a workflow: read its state, take the session, write the state. */
function printCost(): void {
  const history = new ShuffledHistory(workflows[0]?.sessions ?? [], profiles, 5);
  let bytes = encodeState(new WorkflowState());
  const times: number[] = [];
  let most = 0;
  for (let count = 0; count < 4_000; count++) {
    const profile = history.next();
    const before = process.hrtime.bigint();
    const state = decodeState(bytes);
    state.take(profile);
    bytes = encodeState(state);
    times.push(Number(process.hrtime.bigint() - before) / 1_000);
    most = Math.max(most, bytes.length);
  }
  const median = times.sort((one, other) => one - other)[times.length >> 1] ?? 0;
  print(`state: ${most} bytes at most; ${median.toFixed(0)} us a session (median)\n`);
}

function printMemory(count: string): void {
  const program = fileURLToPath(new URL("memory.ts", import.meta.url));
  const words = ["--conditions=@caum/source", program, "--sessions", count];
  const { status } = spawnSync(process.execPath, words, { stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}
