/** What a Node is made of: learned by running it once, so that starts can look at files alone. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

export interface NodeFacts {
  /** Every file that it has loaded; a Node starts while these are there. */
  readonly libraries: readonly string[];
}

const OLDEST_MAJOR = 20;
const WITHIN_MS = 10_000;
const REPORT = `process.report.excludeNetwork = true;
console.log(JSON.stringify([process.versions.node, process.report.getReport().sharedObjects]))`;

/** @returns undefined when it does not run, or is too old for the relay */
export function nodeFacts(node: string): NodeFacts | undefined {
  const options = { encoding: "utf8", input: "", timeout: WITHIN_MS, windowsHide: true } as const;
  const { status, stdout } = spawnSync(node, ["-e", REPORT], options);
  if (status !== 0) return undefined;
  try {
    const [version, libraries]: readonly unknown[] = JSON.parse(stdout);
    if (Number.parseInt(String(version), 10) < OLDEST_MAJOR || !Array.isArray(libraries)) {
      return undefined;
    }
    // On macOS the system's own libraries are no files.
    return { libraries: libraries.map(String).filter((path) => existsSync(path)) };
  } catch {
    return undefined;
  }
}
