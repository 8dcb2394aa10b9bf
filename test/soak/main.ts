/** `npm run soak -- --requests 1000000`: ends with 1 when a request failed, or memory keeps growing. */
import { parseArgs } from "node:util";
import { soak } from "./run.ts";

/** More than the noise of a garbage collector, less than a leak of one object a request. */
const MAX_SLOPE_MB = 8;

const { values } = parseArgs({
  options: {
    requests: { type: "string", default: "100000" },
    seed: { type: "string", default: "1" },
  },
});
const soaked = await soak(Number(values.requests), Number(values.seed));
process.stdout.write(`${JSON.stringify(soaked, undefined, 2)}\n`);
const { requests, accepted, failed, slopeMb } = soaked;
process.exitCode = failed === 0 && accepted * 2 >= requests && slopeMb < MAX_SLOPE_MB ? 0 : 1;
