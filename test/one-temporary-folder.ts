import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const OTHERS_MAY_ENTER = 0o711;

/** The Node that the install brings; npm scripts run on it. */
const NEEDED_NODE = 24;

/**
 * Whatever tests leave in the temporary folder goes with the run, also what killed processes leave.
 *
 * A database server of the tests may run as another user and must reach its own folder below.
 */
export function setup(): (() => void) | undefined {
  if (Number.parseInt(process.versions.node, 10) < NEEDED_NODE) {
    throw new Error(
      `tests need Node ${NEEDED_NODE}, and this is ${process.version}: run them by npm (\`npm test\`, \`npm exec vitest\`), which takes the one that is installed`,
    );
  }
  if (process.env.TEMPORARY_FOLDER_OF_TESTS) return undefined; // another project of the run has made it
  const folder = mkdtempSync(join(tmpdir(), "caum-tests-"));
  chmodSync(folder, OTHERS_MAY_ENTER);
  process.env.TEMPORARY_FOLDER_OF_TESTS = folder;
  process.env.TMPDIR = folder;
  // Hundreds of tests start a command from its sources: most of their time was Node compiling it.
  process.env.NODE_COMPILE_CACHE = join(folder, "compiled");
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
