/**
 * How well loops are found, by us and by others:
 * `npm run bench:health [-- --traces FOLDER --field FOLDER --against CHECKOUT]`.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { builtHealth } from "../built.ts";
import { compare, comparisonText } from "./against.ts";
import { caum, type Detector } from "./detector.ts";
import { dwellFigures } from "./dwell.ts";
import { evaluate } from "./evaluate.ts";
import { FIELD_KINDS, kindOfCase, outcomeOf, readFieldCases } from "./field-cases.ts";
import { fieldFigures, readFieldSessions } from "./field-sessions.ts";
import { type Goal, goalTable, isMet, sessionGoals, traceGoals } from "./goals.ts";
import { bytesPerSession } from "./memory.ts";
import { peers } from "./peers.ts";
import { rulesOfToday } from "./rules-of-today.ts";
import {
  detectorTable,
  dwellTable,
  failureTable,
  fieldSessionsTable,
  fieldTable,
  groupTable,
} from "./table.ts";
import { readTraceSet, type Sight } from "./trace-set.ts";

// Memory is only known after a collection.
setFlagsFromString("--expose-gc");
globalThis.gc ??= runInNewContext("gc");

const OURS = fileURLToPath(new URL("data", import.meta.url));
const CASES = fileURLToPath(
  new URL("../../packages/core/test/health/field/cases", import.meta.url),
);
const SIGHTS: readonly Sight[] = [
  "full",
  "no arguments",
  "no results",
  "labels only",
  "tool and content",
];
/** Rows in which nobody is compared: others see the same there as in another row. */
const OURS_ALONE: ReadonlySet<Sight> = new Set(["no results", "tool and content"]);
const OTHERS: readonly Detector[] = [...peers, ...rulesOfToday];
/** What an event may cost beside what it cost the checkout that is compared. */
const MOST_COST = 1.25;

const { values } = parseArgs({
  options: {
    traces: { type: "string" },
    field: { type: "string" },
    against: { type: "string" },
  },
});
const folder = values.traces ?? process.env.CAUM_TRACES ?? OURS;
const print = (text: string) => process.stdout.write(`${text}\n`);
const goals: Goal[] = [];

printTraces();
printFieldCases(values.field ?? CASES);
printFieldSessions();
await printCost();
print(`== what must hold\n\n${goalTable(goals)}`);
if (!goals.every(isMet)) process.exitCode = 1;

function printTraces(): void {
  for (const sight of SIGHTS) {
    const traces = readTraceSet(folder, sight);
    // The first run warms the engine up; the times of the second count.
    evaluate(caum, traces);
    const ours = evaluate(caum, traces);
    const others = OURS_ALONE.has(sight) ? [] : OTHERS.map((other) => evaluate(other, traces));
    print(`== ${sight}\n\n${detectorTable([ours, ...others])}`);
    if (sight !== "full") continue;
    print(`CAUM by group\n\n${groupTable(ours)}`);
    print(`failure_risk by source\n\n${failureTable(ours)}`);
    print(`rules with and without a dwell\n\n${dwellTable(dwellFigures(traces))}`);
    goals.push(...traceGoals(ours));
  }
}

/** Step of the first alert of each detector, in cases that were reported by others. */
function printFieldCases(cases: string): void {
  if (!existsSync(cases)) return;
  const all = readFieldCases(cases);
  for (const kind of Object.keys(FIELD_KINDS)) {
    const ofKind = all.filter(({ name }) => kindOfCase(name) === kind);
    if (ofKind.length > 0)
      print(`field cases: ${kind}\n\n${fieldTable(ofKind, [caum, ...OTHERS])}`);
  }
  const right = (detector: Detector) => all.filter((one) => outcomeOf(one, detector).isRight);
  const counts = [caum, ...OTHERS].map((one) => `${one.name} ${right(one).length}`);
  print(`field cases right, of ${all.length}: ${counts.join(", ")}\n`);
  goals.push({ name: "field cases right", figure: right(caum).length, least: all.length });
}

function printFieldSessions(): void {
  const sessions = readFieldSessions(folder);
  if (sessions === undefined) return;
  const figures = [caum, ...OTHERS].map((one) => [one.name, fieldFigures(sessions, one)] as const);
  print(`real sessions without a known loop\n\n${fieldSessionsTable(figures)}`);
  for (const [, ours] of figures.slice(0, 1)) goals.push(...sessionGoals(ours));
}

async function printCost(): Promise<void> {
  const traces = readTraceSet(folder, "full");
  const bytes = bytesPerSession(traces);
  print(`memory: ${(bytes / 1_024).toFixed(1)} KB a session, 10,000 sessions of 100 events each`);
  print(`yardstick: one SHA-256 of 512 bytes takes ${sha256Us().toFixed(1)} us (median)`);
  goals.push({ name: "KB a session after 100 events", figure: bytes / 1_024, most: 7 });
  if (values.against === undefined) return;
  const steps = [...traces.events.values()].flat().map(({ observed }) => observed);
  const compared = compare(steps, (await builtHealth(values.against)).Health);
  print(comparisonText(compared));
  goals.push({
    name: "cost of one event, by the other's",
    figure: compared.ratio,
    most: MOST_COST,
  });
}

function sha256Us(): number {
  const line = Buffer.alloc(512, 0x61);
  const times = Array.from({ length: 20_000 }, () => {
    const before = process.hrtime.bigint();
    createHash("sha256").update(line).digest("hex");
    return Number(process.hrtime.bigint() - before);
  });
  return (times.sort((a, b) => a - b)[times.length / 2] ?? 0) / 1_000;
}
