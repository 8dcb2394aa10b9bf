import * as fc from "fast-check";

/** The same examples on every run and machine; `CAUM_SEED=random` or a number looks for new ones. */
const FIXED_SEED = 20_260_728;

const asked = process.env.CAUM_SEED;
if (asked !== "random") fc.configureGlobal({ seed: asked ? Number(asked) : FIXED_SEED });
