/** Hands real events of a client to our hook, one after the other, and reads what was recorded. */
import { existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { replay as judge } from "@caum/core/health";
import type { StructuralRecord } from "@caum/core/verify";
import { recordInbox } from "../../packages/cli/src/hook/recorder/record-inbox.ts";
import { runHook } from "../../packages/cli/src/hook/run-hook.ts";

type Event = Readonly<Record<string, unknown>>;

const START = Date.parse("2026-11-28T14:30:00Z");
/** Between two events of one turn, and before what the model says next. */
const STEP_MS = 50;
const TURN_MS = 2_000;
/** After these the model has answered: time passes. */
const AFTER_MODEL =
  /^(UserPromptSubmit|PostToolBatch|PreCompress|BeforeAgent|PostToolUse|postToolUse)/;

export function eventsOf(name: string): readonly Event[] {
  const text = readFileSync(join(import.meta.dirname, "events", `${name}.ndjson`), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

export interface Replayed {
  readonly home: string;
  readonly records: readonly StructuralRecord[];
}

export interface ReplayOptions {
  /** The event's name where the command line must carry it. */
  readonly eventOf?: (event: Event) => string;
  /** Time from each event to the next, in place of what is usual. */
  readonly gapMs?: number;
}

export async function replay(
  client: string,
  events: readonly Event[],
  { eventOf, gapMs }: ReplayOptions = {},
): Promise<Replayed> {
  const home = mkdtempSync(join(tmpdir(), "caum-clients-"));
  let now = START;
  for (const event of events) {
    const output = runHook(JSON.stringify(event), {
      home,
      env: {},
      registered: { client, event: eventOf?.(event) },
      messages: false,
      recorder: undefined,
      clock: () => now,
    });
    if (output !== "") throw new Error(`the hook said something: ${output}`);
    const name = String(event.hook_event_name ?? event.hook_event ?? "");
    now += gapMs ?? (AFTER_MODEL.test(name) ? TURN_MS : STEP_MS);
  }
  await recordInbox({ home, version: "0.0.0", once: true });
  return { home, records: recordsIn(home) };
}

/** In the order of the runs' names and, within a run, of the records. */
export function recordsIn(home: string): readonly StructuralRecord[] {
  const runs = join(home, "runs");
  if (!existsSync(runs)) return [];
  return readdirSync(runs).flatMap((run) =>
    readFileSync(join(runs, run, "records.ndjson"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  );
}

/** The calls as `tool status`, in the order of their records' times. */
export function callsOf(records: readonly StructuralRecord[]): readonly string[] {
  return toolRecords(records).map(({ payload }) => `${payload.toolName} ${payload.status}`);
}

export function toolRecords(records: readonly StructuralRecord[]) {
  return records
    .filter((record) => record.category === "tool_api")
    .sort((a, b) => Date.parse(a.sourceTimestamp) - Date.parse(b.sourceTimestamp));
}

/** Steps at which the session stood in a hard alert. */
export function hardSteps(records: readonly StructuralRecord[]): readonly number[] {
  return [...judge(records)]
    .filter(({ publicClass }) => publicClass === "hard_alert")
    .map(({ step }) => step);
}
