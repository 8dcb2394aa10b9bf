/** One client whose own exporter sends to a collector, beside its hooks and a wrapped server. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Collector, startCollector } from "@caum/collector";
import { keepLocalAccount } from "@caum/core/settings";
import type { FieldClient, Stage } from "./clients.ts";
import { startModel } from "./model/model-server.ts";
import { filesWith } from "./records.ts";
import { CAUM, endRecorder, runner, SETTLE_MS, stageIn, USUAL_SECONDS } from "./run-client.ts";
import { CANARY, PROMPT } from "./script.ts";

/** What a collector shows of the run. */
export interface Exported extends Shown {
  readonly hasContent: boolean;
  /** What the client printed at the last. */
  readonly output: string;
}

interface Shown {
  /** Sessions in which a call was told. */
  readonly sessions: number;
  /** Who told of them. */
  readonly layers: string;
  /** Calls that telemetry told of, that hooks told of, and that the wrapped server saw. */
  readonly told: number;
  readonly hooked: number;
  readonly proxied: number;
  /** Calls that were judged. */
  readonly steps: number;
  readonly isLoopFound: boolean;
}

/** Exporters send what is left within this time. */
const EXPORT_MS = 12_000;
const LOOK_EVERY_MS = 500;

/** @param hooks whether the client's hooks are registered too */
export async function runExporter(
  client: FieldClient,
  bin: Stage["bin"],
  hooks: boolean,
): Promise<Exported> {
  const root = mkdtempSync(join(tmpdir(), "caum-field-"));
  const stage = stageIn(root, bin);
  const home = join(stage.home, ".caum");
  const model = await startModel({ folder: stage.project, hidden: client.hiddenTool });
  const collector = await startCollector({
    data: join(home, "collector"),
    home,
    port: 0,
    eventsPerSecond: 0,
  });
  try {
    keepLocalAccount(home, collector);
    const output = await played({ ...stage, modelUrl: model.url }, client, collector, hooks);
    const shown = await settled(collector);
    await collector.close();
    return { ...shown, hasContent: filesWith(home, CANARY).length > 0, output };
  } finally {
    await collector.close();
    await model.close();
    rmSync(root, { recursive: true, force: true });
  }
}

async function played(
  stage: Stage,
  client: FieldClient,
  { url, telemetryKey }: Collector,
  hooks: boolean,
): Promise<string> {
  client.configure(stage);
  const run = runner(stage, client, client.exportsBy?.(url, telemetryKey));
  const words = ["install", "--client", client.name, "--otel", "--url", url, "--json"];
  const installed = await run(
    [process.execPath, CAUM, ...words, ...(hooks ? ["--hooks"] : [])],
    60,
  );
  if (installed.code !== 0) throw new Error(`install: ${installed.text}`);
  const { text } = await run(client.words(stage, PROMPT), client.seconds ?? USUAL_SECONDS);
  await sleep(SETTLE_MS);
  await endRecorder(join(stage.home, ".caum"));
  const removed = await run([process.execPath, CAUM, "uninstall", "--client", client.name], 60);
  if (removed.code !== 0) throw new Error(`uninstall: ${removed.text}`);
  return text.slice(-2_000);
}

/** What is shown when nothing has come for a while. */
async function settled(collector: Collector): Promise<Shown> {
  let shown = await shownBy(collector);
  for (let since = Date.now(); Date.now() - since < EXPORT_MS; ) {
    await sleep(LOOK_EVERY_MS);
    const now = await shownBy(collector);
    if (JSON.stringify(now) !== JSON.stringify(shown)) since = Date.now();
    shown = now;
  }
  return shown;
}

interface Answered {
  readonly session_id: string;
  readonly steps: number;
  readonly layers: readonly string[];
  readonly loop_count: number;
}

interface Step {
  readonly record: {
    readonly sourceFramework?: string;
    readonly payload: { readonly toolName?: string; readonly serverTag?: string };
  };
}

async function shownBy({ url, apiKey }: Collector): Promise<Shown> {
  const headers = { authorization: `Bearer ${apiKey}` };
  const get = async (path: string) => (await fetch(`${url}${path}`, { headers })).json();
  // True of the collector of this checkout: its answers are held by its own tests.
  const { sessions } = (await get("/v1/sessions?limit=100")) as {
    readonly sessions: readonly Answered[];
  };
  const worked = sessions.filter(({ steps }) => steps > 0);
  const calls: Step["record"][] = [];
  for (const { session_id: id } of worked) {
    const answer = (await get(`/v1/session/${id}?limit=1000`)) as {
      readonly steps: readonly Step[];
    };
    const records = answer.steps.map(({ record }) => record);
    calls.push(...records.filter(({ payload }) => payload.toolName !== undefined));
  }
  const isTold = ({ sourceFramework = "" }: Step["record"]) => sourceFramework.startsWith("otlp:");
  const told = calls.filter(isTold).length;
  // What a hook tells names no server.
  const isProxied = (call: Step["record"]) => !isTold(call) && call.payload.serverTag !== undefined;
  const proxied = calls.filter(isProxied).length;
  return {
    sessions: worked.length,
    layers: [...new Set(worked.flatMap(({ layers }) => layers))].toSorted().join(", "),
    told,
    hooked: calls.length - told - proxied,
    proxied,
    steps: worked.reduce((sum, { steps }) => sum + steps, 0),
    isLoopFound: worked.some(({ loop_count: loops }) => loops > 0),
  };
}
