/**
 * `npm run emitters`: runs real emitters of OpenTelemetry with a scripted model and compares what the
 * collector records.
 *
 * Their packages come from npm into a folder below the system's temporary one and stay there.
 */
import { LIVE_EMITTERS, type LiveEmitter } from "./emitters.ts";
import { type Compared, compare, FACTS } from "./facts.ts";
import { installed } from "./install.ts";
import { runEmitter } from "./run-emitter.ts";
import { LOOP, STEADY_LOOP } from "./script.ts";

const HELP = `usage: npm run emitters -- [EMITTER ...]

runs real packages that send OpenTelemetry, each in a process of its own with a scripted model, and
compares what a collector records of a run of two calls and of two loops. Needs npm for the first time.
EMITTER: ${LIVE_EMITTERS.map(({ name }) => name).join(", ")}

exit codes: 0 as expected, 1 some FAIL, 2 an emitter that is not known`;

const words = process.argv.slice(2);
const unknown = words.filter((word) => LIVE_EMITTERS.every(({ name }) => name !== word));
if (words.includes("--help")) console.log(HELP);
else if (unknown.length > 0) {
  console.error(`emitters: unknown ${unknown.join(", ")}\n\n${HELP}`);
  process.exitCode = 2;
} else {
  const chosen = LIVE_EMITTERS.filter(({ name }) => words.length === 0 || words.includes(name));
  const rows: (readonly string[])[] = [];
  for (const emitter of chosen) rows.push(await rowOf(emitter));
  printTable([["", "emitter", ...FACTS], ...rows]);
  process.exitCode = rows.every(([verdict]) => verdict === "PASS") ? 0 : 1;
}

async function rowOf(emitter: LiveEmitter): Promise<readonly string[]> {
  try {
    const programs = installed(emitter);
    console.log(`${emitter.name} ...`);
    const run = await runEmitter(emitter, programs, emitter.run);
    const loop = await runEmitter(emitter, programs, LOOP);
    const steady = await runEmitter(emitter, programs, STEADY_LOOP);
    const facts = compare(emitter, { run, loop, steady });
    const cells = FACTS.map((fact) => cell(facts[fact]));
    const isPassed = FACTS.every((fact) => facts[fact].isAsExpected);
    return [isPassed ? "PASS" : "FAIL", emitter.name, ...cells];
  } catch (problem) {
    return ["FAIL", emitter.name, problem instanceof Error ? problem.message : String(problem)];
  }
}

function cell({ isAsExpected, found }: Compared): string {
  return isAsExpected ? found : `FAIL ${found}`;
}

function printTable(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, at) =>
    Math.max(...rows.map((row) => (row.length > 3 ? (row[at]?.length ?? 0) : 0))),
  );
  for (const row of rows) {
    console.log(
      row
        .map((text, at) => text.padEnd(widths[at] ?? 0))
        .join("  ")
        .trimEnd(),
    );
  }
}
