import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AdapterOptions, StructuralRecord } from "@caum/core";
import { CaumCallbackHandler } from "@caum/langchain";

/** Runs something observed and gives every record that was made of it. */
export async function recorded(
  work: (handler: CaumCallbackHandler) => Promise<unknown>,
  options: AdapterOptions = {},
): Promise<StructuralRecord[]> {
  const home = mkdtempSync(join(tmpdir(), "caum-langchain-"));
  const handler = new CaumCallbackHandler({ home, env: {}, quiet: true, ...options });
  try {
    await work(handler);
  } finally {
    await handler.close();
  }
  const records = recordsIn(home);
  rmSync(home, { recursive: true, force: true });
  return records;
}

export function recordsIn(home: string): StructuralRecord[] {
  return readdirSync(home, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ndjson"))
    .flatMap((name) => readFileSync(join(home, name), "utf8").trim().split("\n"))
    .map((line) => JSON.parse(line) as StructuralRecord);
}

/** `search ok`, `turn ok 2` (two tools requested), `message user`: what happened, in order. */
export function eventsOf(records: readonly StructuralRecord[]): string[] {
  return records.flatMap((record) => {
    switch (record.category) {
      case "tool_api":
        return [`${record.payload.toolName} ${record.payload.status}`];
      case "reasoning": {
        const { kind, role, status, requestedTools = 0 } = record.payload;
        if (kind === "message") return [`message ${role}`];
        return [`turn ${status}${requestedTools > 0 ? ` ${requestedTools}` : ""}`];
      }
      case "environment":
        return [`${record.payload.kind} ${record.payload.subject}`];
      default:
        return [];
    }
  });
}
