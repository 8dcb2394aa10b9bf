/** Canonical lines of a run, as an observer on a client's machine writes them. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createObserver } from "@caum/core";

export interface NativeRunLines {
  readonly runId: string;
  readonly lines: readonly string[];
}

/** A run of so many calls, recorded by a real observer into `home` (a folder of its own when absent). */
export async function recordRun(
  sessionId: string,
  calls: number,
  options: { readonly home?: string; readonly layer?: "framework" | "mcp" } = {},
): Promise<NativeRunLines> {
  const home = options.home ?? mkdtempSync(join(tmpdir(), "caum-native-"));
  const observer = createObserver({
    home,
    env: {},
    writer: "test",
    writerVersion: "1",
    layer: options.layer ?? "framework",
    view: "full",
    agentId: "native-agent",
  });
  const session = observer.session(sessionId, { workflow: "native" });
  const { runId } = session;
  for (let at = 0; at < calls; at++) {
    session.observe({ tool: `tool_${at % 3}`, arguments: { at }, result: { at }, status: "ok" });
  }
  session.end({ resolved: true });
  await observer.close();
  const path = join(home, "runs", runId, "records.ndjson");
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  if (options.home === undefined) rmSync(home, { recursive: true, force: true });
  return { runId, lines };
}

/** Every file below a folder, as text of its bytes. */
export function everythingIn(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.name}\n${readFileSync(join(entry.parentPath, entry.name), "latin1")}`)
    .join("\n");
}
