import { createRequire } from "node:module";

// True because npm keeps a version in every package; the file lies above both src and dist.
const { version } = createRequire(import.meta.url)("../package.json") as { version: string };

/** The version of this package. */
export const VERSION = version;
