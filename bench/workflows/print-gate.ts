/** The part of the gate: what it says of the traces' sources, and what is computed of it. */
import { BASELINE, CANDIDATE, FEW_LOOPS, type GateFigures, gateFigures } from "./gate-figures.ts";
import { POWER_SHARES, POWER_SIZES, ratesOf } from "./gate-power.ts";
import type { Profiles, Workflow } from "./workflow.ts";

const RESAMPLES = 100;
const MUST_PASS = 0.95;
const MUST_FIND = 0.8;

/** @returns whether it is as often right as it must be */
export function printGate(
  workflows: readonly Workflow[],
  profiles: Profiles,
  print: (line: string) => void,
): boolean {
  print(`== the gate: ${CANDIDATE} sessions against ${BASELINE}, ${RESAMPLES} resamples each\n`);
  const figures = workflows.map((workflow) => gateFigures(workflow, profiles, RESAMPLES));
  const width = Math.max(...figures.map(({ workflow }) => workflow.length));
  print(`${"".padEnd(width)}  looping  passes itself  5 % more loops found`);
  for (const { workflow, looping, passed, found } of figures) {
    const cells = [
      percent(looping).padStart(7),
      String(passed).padStart(13),
      String(found).padStart(20),
    ];
    print([workflow.padEnd(width), ...cells].join("  "));
  }
  print("\n== the gate, computed: found although nothing changed; 5 points more found\n");
  print(["baseline", ...POWER_SHARES.map((share) => percent(share).padStart(16))].join(""));
  for (const size of POWER_SIZES) {
    const cells = POWER_SHARES.map((share) => {
      const { falseAlarms, found } = ratesOf(size, share);
      return `${percent(falseAlarms)} ${percent(found)}`.padStart(16);
    });
    print([String(size).padStart(8), ...cells].join(""));
  }
  const few = figures.filter(({ looping }) => looping <= FEW_LOOPS);
  const passed = shareOf(figures, (one) => one.passed);
  const found = shareOf(few, (one) => one.found);
  print(`\npasses against itself at least 95 times in 100: ${verdict(passed, MUST_PASS)}`);
  print(
    `finds 5 % more loops at least 80 times in 100, where at most 5 % loop: ${verdict(found, MUST_FIND)}\n`,
  );
  return passed >= MUST_PASS && found >= MUST_FIND;
}

function shareOf(figures: readonly GateFigures[], of: (one: GateFigures) => number): number {
  const resamples = figures.reduce((sum, one) => sum + one.resamples, 0);
  return figures.reduce((sum, one) => sum + of(one), 0) / resamples;
}

function verdict(share: number, must: number): string {
  return `${percent(share)}: ${share >= must ? "holds" : "MISSED"}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
