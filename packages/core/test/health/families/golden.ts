import { createHash } from "node:crypto";
import type { Assessment } from "../../../src/health/assessment.ts";
import { Health } from "../../../src/health/health.ts";
import type { Step } from "../../../src/health/step/step.ts";
import { HONEST } from "./honest.ts";
import { HONEST_LISTS } from "./honest-lists.ts";
import { LOOPS } from "./loops.ts";
import { LOOPS_MASKED } from "./loops-masked.ts";
import { Script } from "./script.ts";

/** Sessions of every family, one after another. */
export function everything(seed: number): readonly Step[] {
  const script = new Script(seed);
  for (const write of Object.values({ ...HONEST, ...HONEST_LISTS })) write(script);
  for (const { write } of Object.values({ ...LOOPS, ...LOOPS_MASKED })) write(script.work(2));
  return script.steps;
}

export function judge(steps: readonly Step[]): readonly Assessment[] {
  const health = new Health();
  return steps.map((step) => health.observe(step));
}

/** One digest of every bit of every assessment of a fixed session. */
export function goldenDigest(): string {
  return createHash("sha256")
    .update(JSON.stringify(judge(everything(42))))
    .digest("hex");
}
