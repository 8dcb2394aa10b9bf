import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { SessionKeys } from "../../../src/capture/keys/session-keys.ts";
import type { Observation } from "../../../src/capture/observation/observation.ts";
import { payloadOf } from "../../../src/capture/observation/payload-of.ts";
import type { Status } from "../../../src/capture/record.ts";
import { followAlert, QUIET } from "../../../src/health/alerts/edge.ts";
import { Health } from "../../../src/health/health.ts";
import type { Step } from "../../../src/health/step/step.ts";
import { stepOf } from "../../../src/health/step/step-of.ts";

/** One event of a case, at its own second. */
export interface FieldEvent {
  readonly t: number;
  readonly tool?: string;
  readonly args?: unknown;
  readonly result?: unknown;
  readonly status?: Status;
  readonly parent?: string;
  readonly agent?: string;
  readonly server?: string;
  readonly role?: "user" | "assistant";
  readonly content?: string;
}

/** A session rebuilt from a public report, in values of our own. */
export interface FieldCase {
  readonly name: string;
  readonly expect: "loop" | "work";
  /** Step at which a person would call it a loop, and the last at which it is of use to know. */
  readonly callsItAtStep: number | null;
  readonly latestStep: number | null;
  readonly why: string;
  readonly events: readonly FieldEvent[];
}

/** Steps of the first hard alert and of the first alert of any kind; undefined when there is none. */
export interface Outcome {
  readonly hard: number | undefined;
  readonly fired: number | undefined;
  readonly reasons: readonly string[];
  readonly trail: readonly string[];
}

const START_MS = 1_764_300_000_000;
const FOLDER = new URL("cases/", import.meta.url);

export function readCases(): readonly FieldCase[] {
  const files = readdirSync(fileURLToPath(FOLDER)).filter((file) => file.endsWith(".json"));
  return files.sort().map((file) => JSON.parse(readFileSync(new URL(file, FOLDER), "utf8")));
}

/**
 * The steps that the events become on their way through capture.
 *
 * @param durationMs how long each call took, where that is known
 */
export function stepsOf(events: readonly FieldEvent[], durationMs?: number): readonly Step[] {
  const key = new Uint8Array(32).fill(7);
  const keys = new SessionKeys({ id: "test", origin: "file", sessionKey: () => key }, "session");
  return events.flatMap((event) => {
    const draft = payloadOf(observationOf(event), { keys, hashNames: false });
    const at = new Date(START_MS + Math.round(event.t * 1_000)).toISOString();
    const step = stepOf({ ...draft, sourceTimestamp: at });
    if (step === undefined) return [];
    return [durationMs === undefined || step.kind !== "call" ? step : { ...step, durationMs }];
  });
}

function observationOf(event: FieldEvent): Observation {
  const { agent, args, content, parent, result, role, server, status = "ok", tool } = event;
  if (tool === undefined) return { kind: "message", role, content, agent, parent };
  return { tool, arguments: args, result, status, agent, parent, server };
}

/** What everybody is alerted of: a hard rule, or tier T4 or T5 that holds. */
export function judge(events: readonly FieldEvent[], durationMs?: number): Outcome {
  const health = new Health();
  let alert = QUIET;
  let hard: number | undefined;
  let fired: number | undefined;
  let reasons: readonly string[] = [];
  const trail: string[] = [];
  for (const step of stepsOf(events, durationMs)) {
    const assessment = health.observe(step);
    const isHard = assessment.publicClass === "hard_alert";
    alert = followAlert(alert, assessment);
    if (isHard && hard === undefined) {
      hard = assessment.step;
      ({ reasons } = assessment);
    }
    if (alert.standing) fired ??= assessment.step;
    trail.push(`${assessment.step} ${assessment.regime} ${assessment.uds.toFixed(2)}`);
  }
  return { hard, fired, reasons, trail };
}
