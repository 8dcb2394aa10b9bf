/** Runs an emitter in a process of its own, against a collector and a model of this one. */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { startCollector } from "@caum/collector";
import type { LiveEmitter } from "./emitters.ts";
import { startEmitterModel } from "./model.ts";
import { startRelay } from "./relay.ts";
import { CANARY, CONVERSATION, type Script } from "./script.ts";

export interface Recorded {
  readonly sessions: number;
  /** Tool and status, in the order in which they are recorded. */
  readonly calls: readonly string[];
  readonly tokens: readonly [number, number];
  /** The first call that was a hard alert, counted from 1. */
  readonly alertAtCall: number | null;
  /** Whether the emitter sent the content that is looked for. */
  readonly isCanarySent: boolean;
  readonly isCanaryFound: boolean;
  /** Whether all of it, sent again, left the record as it was. */
  readonly isSameAgain: boolean;
}

type Told = Omit<Recorded, "isCanarySent" | "isCanaryFound" | "isSameAgain">;

const MAX_RUN_MS = 90_000;

export async function runEmitter(
  emitter: LiveEmitter,
  programs: string,
  script: Script,
): Promise<Recorded> {
  const folder = mkdtempSync(join(tmpdir(), "caum-emitter-"));
  const data = join(folder, "data");
  const model = await startEmitterModel(script, `done ${CANARY}`);
  const collector = await startCollector({ data, port: 0, eventsPerSecond: 0 });
  const { url, apiKey } = collector;
  const relay = await startRelay(url, emitter.isRefusedOnce);
  try {
    const given = { collector: relay.url, key: apiKey, model: model.url, script, canary: CANARY };
    const { variant } = emitter;
    const play = JSON.stringify({ ...given, conversation: CONVERSATION, variant });
    await programEnds(join(programs, `${emitter.program}.mjs`), folder, {
      ...emitter.environment?.(relay.url, apiKey),
      CAUM_EMITTER: play,
    });
    const recorded = await recordedIn(url, apiKey);
    await relay.repeat();
    const isSameAgain = isDeepStrictEqual(await recordedIn(url, apiKey), recorded);
    await collector.close();
    const isCanarySent = relay.saw(CANARY);
    return { ...recorded, isSameAgain, isCanarySent, isCanaryFound: holds(data, CANARY) };
  } finally {
    await relay.close();
    await collector.close();
    await model.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Nothing of this shell's own set-up of OpenTelemetry or of a vendor reaches the program. */
function programEnds(program: string, home: string, more: Readonly<Record<string, string>>) {
  const env = { PATH: process.env.PATH ?? "", HOME: home, ...more };
  const child = spawn(process.execPath, [program], { cwd: home, env, timeout: MAX_RUN_MS });
  let said = "";
  child.stdout.on("data", (part) => {
    said += part;
  });
  child.stderr.on("data", (part) => {
    said += part;
  });
  if (process.env.CAUM_EMITTERS_SHOW === "1") child.on("close", () => console.log(said));
  return new Promise<void>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`the program ended with ${code}: ${said.slice(-2_000)}`));
    });
  });
}

interface Step {
  readonly record: {
    readonly payload: {
      readonly toolName?: string;
      readonly status?: string;
      readonly inputTokens?: number;
      readonly outputTokens?: number;
    };
  };
  readonly assessment: { readonly public_class: string };
}

async function recordedIn(url: string, key: string): Promise<Told> {
  const headers = { authorization: `Bearer ${key}` };
  const get = async (path: string) => (await fetch(`${url}${path}`, { headers })).json();
  // True of the collector of this checkout: its answers are held by its own tests.
  const { sessions } = (await get("/v1/sessions?limit=100")) as {
    sessions: readonly { session_id: string }[];
  };
  const steps: Step[] = [];
  for (const { session_id: id } of sessions) {
    const answer = (await get(`/v1/session/${id}?limit=1000`)) as { steps: readonly Step[] };
    steps.push(...answer.steps);
  }
  const calls = steps.filter(({ record }) => record.payload.toolName !== undefined);
  const at = calls.findIndex(({ assessment }) => assessment.public_class === "hard_alert");
  const sum = (name: "inputTokens" | "outputTokens") =>
    steps.reduce((total, { record }) => total + (record.payload[name] ?? 0), 0);
  return {
    sessions: sessions.length,
    calls: calls.map(({ record: { payload } }) => `${payload.toolName} ${payload.status}`),
    tokens: [sum("inputTokens"), sum("outputTokens")],
    alertAtCall: at < 0 ? null : at + 1,
  };
}

function holds(folder: string, word: string): boolean {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .some((path) => statSync(path).isFile() && readFileSync(path).includes(word));
}
