/** One client, from a fresh home to what uninstall leaves of it. */
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { FieldClient, Stage } from "./clients.ts";
import { type Facts, factsOf } from "./facts.ts";
import { startModel } from "./model/model-server.ts";
import { filesWith, type Run, runsIn } from "./records.ts";
import { CANARY, FILE, PROMPT } from "./script.ts";

export interface Outcome {
  readonly facts: Facts;
  /** Kinds of calls that the client offers no tool for. */
  readonly missing: readonly string[];
  /** What the client printed at the last, for when something is wrong. */
  readonly output: string;
}

export const CAUM = join(import.meta.dirname, "../packages/cli/bin/caum.js");
export const USUAL_SECONDS = 120;
/** The recorder looks at the inbox several times in this time. */
export const SETTLE_MS = 1_500;

interface Printed {
  readonly code: number | null;
  readonly text: string;
}

/** @throws {Error} when the client cannot be run at all */
export async function runClient(client: FieldClient, bin: Stage["bin"]): Promise<Outcome> {
  const root = mkdtempSync(join(tmpdir(), "caum-field-"));
  const stage = stageIn(root, bin);
  const model = await startModel({ folder: stage.project, hidden: client.hiddenTool });
  try {
    return await played({ ...stage, modelUrl: model.url }, client, model.missing);
  } finally {
    await model.close();
    rmSync(root, { recursive: true, force: true });
  }
}

export function stageIn(root: string, bin: Stage["bin"]): Omit<Stage, "modelUrl"> {
  const [home, project] = [join(root, "home"), join(root, "project")];
  mkdirSync(home);
  mkdirSync(project);
  writeFileSync(join(project, FILE), `one ${CANARY}\ntwo\n`);
  return {
    home,
    project,
    server: [process.execPath, join(import.meta.dirname, "server.mjs")],
    bin,
  };
}

async function played(
  stage: Stage,
  client: FieldClient,
  missing: ReadonlySet<string>,
): Promise<Outcome> {
  client.configure(stage);
  const run = runner(stage, client);
  const caum = (...words: string[]) => run([process.execPath, CAUM, ...words], 60);
  const installed = await caum("install", "--client", client.name, "--hooks", "--json");
  if (installed.code !== 0) throw new Error(`install: ${installed.text}`);
  const files = textsOf(installed.text);
  if (client.prepare) await run(client.prepare(stage), 60);
  const { text: output } = await run(client.words(stage, PROMPT), client.seconds ?? USUAL_SECONDS);
  await sleep(SETTLE_MS);
  await endRecorder(join(stage.home, ".caum"));
  const runs = runsIn(join(stage.home, ".caum"));
  const proof = await proofOf(runs, caum);
  const content = filesWith(join(stage.home, ".caum"), CANARY);
  await caum("uninstall", "--client", client.name);
  const facts: Facts = {
    ...factsOf(runs),
    ...(runs.length > 0 && { proof }),
    content: content.length === 0 ? "none" : content.map((path) => path.split(".caum/")[1]).join(),
    uninstall: leftOf(files),
  };
  return { facts, missing: [...missing], output: output.slice(-2_000) };
}

export type Runner = (words: readonly string[], seconds: number) => Promise<Printed>;

export function runner(
  stage: Stage,
  client: FieldClient,
  more: Readonly<Record<string, string>> = {},
): Runner {
  const env = {
    PATH: process.env.PATH ?? "",
    HOME: stage.home,
    TERM: "dumb",
    LANG: "C.UTF-8",
    CAUM_HOME: join(stage.home, ".caum"),
    ...client.env(stage),
    ...more,
  };
  return ([program = "", ...words], seconds) =>
    new Promise((resolve, reject) => {
      const options = { env, cwd: stage.project, detached: true, stdio: "pipe" } as const;
      const child = spawn(program, words, options);
      child.stdin.end();
      let text = "";
      child.stdout.on("data", (data) => (text += data));
      child.stderr.on("data", (data) => (text += data));
      const timer = setTimeout(() => killGroup(child.pid), seconds * 1_000);
      child.on("error", reject);
      // A daemon that the client leaves behind may hold its output open.
      child.on("exit", (code) => {
        clearTimeout(timer);
        resolve({ code, text });
      });
    });
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}

/** The recorder records what is there and closes its runs. */
export async function endRecorder(home: string): Promise<void> {
  try {
    const pid = Number.parseInt(readFileSync(join(home, "inbox", "recorder.lock"), "utf8"), 10);
    process.kill(pid, "SIGTERM");
  } catch {
    return;
  }
  await sleep(SETTLE_MS);
}

async function proofOf(
  runs: readonly Run[],
  caum: (...words: string[]) => Promise<Printed>,
): Promise<string> {
  const key = (await caum("keys")).text.trim().split("\n")[0] ?? "";
  const results = new Set<string>();
  for (const { folder } of runs) {
    const { code, text } = await caum("verify", folder, "--key", key);
    results.add(code === 0 ? "ok" : `exit ${code}: ${text.trim().split("\n").at(-1)}`);
  }
  return [...results].join("; ");
}

type Texts = ReadonlyMap<string, string>;

/** The files that install says it changed. */
function textsOf(printed: string): Texts {
  const { files } = JSON.parse(printed) as { readonly files: readonly { readonly path: string }[] };
  return new Map(files.map(({ path }) => [path, read(path)]));
}

/** What is left of ours in those files; the client may have written to them since. */
function leftOf(files: Texts): string {
  const holding = [...files.keys()].filter((path) => /caum/i.test(read(path)));
  return holding.length === 0 ? "nothing of ours left" : `left in ${holding.length} files`;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
