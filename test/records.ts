import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { RecordOf, StructuralRecord } from "@caum/core/verify";

/** Every record below a home folder, run after run as they began. */
export function recordsIn(home: string): StructuralRecord[] {
  const folder = join(home, "runs");
  if (!existsSync(folder)) return [];
  const runs = readdirSync(folder).map((run) =>
    readFileSync(join(folder, run, "records.ndjson"), "utf8")
      .trim()
      .split("\n")
      // Lines that core wrote are records.
      .map((line) => JSON.parse(line) as StructuralRecord),
  );
  return runs.toSorted((one, other) => (firstId(one) < firstId(other) ? -1 : 1)).flat();
}

/** Ids rise with time. */
function firstId(run: readonly StructuralRecord[]): string {
  return run.map(({ eventId }) => eventId).toSorted()[0] ?? "";
}

export function toolCallsIn(
  records: readonly StructuralRecord[],
): RecordOf<"tool_api">["payload"][] {
  return records.flatMap((record) => (record.category === "tool_api" ? [record.payload] : []));
}

/** Turns of the model, without what the user said. */
export function turnsIn(records: readonly StructuralRecord[]): RecordOf<"reasoning">["payload"][] {
  return records.flatMap((record) =>
    record.category === "reasoning" && record.payload.kind === "turn" ? [record.payload] : [],
  );
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
