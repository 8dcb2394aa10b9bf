/** Rounds in which an agent or a proxy is killed, and what it left on the disk comes to harm. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { globSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Served, serve } from "../../packages/collector/test/served.ts";
import { damage, type Place } from "./collector-rounds.ts";
import { between, type Outcome } from "./count.ts";
import { heldBy } from "./evidence.ts";

const AGENT = join(import.meta.dirname, "agent.ts");
const MAIN = join(import.meta.dirname, "../../packages/cli/src/main.ts");

interface Kept {
  readonly session: string;
  /** Observed, and flushed. */
  readonly records: number;
}

interface Agent {
  /** Resolves when something was kept: how long a start takes is the machine's. */
  readonly isAtWork: Promise<unknown>;
  /** Kills it, and answers what it said last. */
  kill(): Promise<Kept | undefined>;
}

function startAgent(home: string, { url, apiKey }: Served, random: () => number): Agent {
  const child = spawn(process.execPath, ["--conditions=@caum/source", AGENT, home, url, apiKey], {
    env: { ...process.env, TEST_CLOCK_JUMPS: random() < 0.3 ? "1" : "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout.on("data", (chunk) => (said += chunk));
  return {
    isAtWork: once(child.stdout, "data"),
    async kill() {
      await ended(child, "SIGKILL");
      // What the last line was cut off at may be any part of a number.
      const [session, records] = said
        .slice(0, said.lastIndexOf("\n") + 1)
        .trim()
        .split(/\s/)
        .slice(-2);
      return session ? { session, records: Number(records) } : undefined;
    },
  };
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill(signal);
  await exit;
}

/** Killed while it delivers, the collector with it or not; `caum flush` brings the rest. */
export async function killedAgent({ folder, random }: Place): Promise<Outcome> {
  const data = join(folder, "data");
  const home = join(folder, "home");
  let served = await serve(data);
  const agent = startAgent(home, served, random);
  await agent.isAtWork;
  await sleep(between(random, 0, 300));
  if (random() < 0.5) {
    await served.kill("SIGKILL");
    await sleep(between(random, 0, 150));
  }
  const kept = await agent.kill();
  if (served.child.signalCode !== null) served = await serve(data, port(served));
  await flush(home, served);
  const outcome = kept ? await delivered(served, folder, kept) : {};
  await served.kill("SIGTERM");
  return outcome;
}

/** What a killed agent left is damaged before it is delivered. */
export async function damagedSpool({ folder, random }: Place): Promise<Outcome> {
  const data = join(folder, "data");
  const home = join(folder, "home");
  const first = await serve(data);
  await first.kill("SIGKILL");
  const agent = startAgent(home, first, random);
  await agent.isAtWork;
  await sleep(between(random, 0, 300));
  const kept = await agent.kill();
  // Its segments, and what is noted of them.
  const files = globSync(join(home, "upstream/*/processes/*/*.ndjson")).sort();
  const harmed = files[random() < 0.8 ? 0 : files.length - 1];
  if (harmed === undefined || kept === undefined) return {};
  if (random() < 0.1) rmSync(harmed);
  else damage(harmed, random);
  const served = await serve(data, port(first));
  const code = await flush(home, served);
  const held = await heldBy(served, folder, [kept.session]);
  await served.kill("SIGTERM");
  // The open record is one of them, and no observation.
  const lost = Math.max(0, kept.records + 1 - held.eventIds.length);
  const isTold = code !== 0 || held.findings.length > 0;
  return { acknowledged: kept.records, told: Number(isTold), untold: isTold ? 0 : lost };
}

/** A collector that is started again has to be where its senders look for it. */
function port({ url }: Served): Record<string, string> {
  return { TEST_PORT: new URL(url).port };
}

export async function flush(home: string, { url, apiKey }: Served): Promise<number | null> {
  const words = ["--conditions=@caum/source", "--no-warnings", MAIN, "flush", "--within", "20"];
  const env = { ...process.env, CAUM_HOME: home, CAUM_URL: url, CAUM_API_KEY: apiKey };
  const child = spawn(process.execPath, words, { env, stdio: "ignore" });
  const [code] = await once(child, "exit");
  return code;
}

async function delivered(served: Served, folder: string, kept: Kept): Promise<Outcome> {
  const { eventIds, findings } = await heldBy(served, folder, [kept.session]);
  return {
    acknowledged: kept.records,
    lost: Math.max(0, kept.records + 1 - eventIds.length),
    doubled: eventIds.length - new Set(eventIds).size,
    broken: findings.length,
  };
}
