/** The recorder as a program of its own: `node hook-recorder.cjs --home DIR [--once]`. */
import { VERSION } from "@caum/core";
import { recordInbox } from "./record-inbox.ts";

const words = process.argv.slice(2);
const home = words[words.indexOf("--home") + 1];
if (words.includes("--home") && home) {
  recordInbox({ home, version: VERSION, once: words.includes("--once") }).catch(() => {
    // Nobody reads what it would say; the lines stay for the next one.
    process.exitCode = 1;
  });
}
