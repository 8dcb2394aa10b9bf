import { readFileSync } from "node:fs";

/** The version of this command, as its manifest says; that of all packages, which a test holds. */
export const VERSION: string = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
).version;
