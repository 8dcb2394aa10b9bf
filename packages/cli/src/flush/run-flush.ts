import type { DeliveryResult, Settings } from "@caum/core";
import { closeLeftRuns, openSpoolSender, previewSpool, signLeftRuns } from "@caum/core/machine";
import { type Configuration, loadConfiguration, readUpstreams } from "@caum/core/settings";
import { settingsOf } from "../options/collector-of.ts";
import type { SharedFlags } from "../options/declare.ts";
import { EXIT_CODE } from "../options/exit-code.ts";
import { refuse } from "../options/refuse.ts";
import { complain, say } from "../terminal/say.ts";

export interface FlushFlags extends SharedFlags {
  readonly within: string;
  readonly dryRun?: boolean;
}

type SpoolSettings = Settings & { readonly home?: string | undefined };

const MILLISECONDS = 1_000;
const AGENT = "caum-flush";

/** Mends and delivers what ended processes left, or shows what would be sent. */
export async function runFlush(flags: FlushFlags): Promise<void> {
  const settings = settingsOf(flags);
  const configuration = loadConfiguration({ arguments: settings });
  const { home } = configuration;
  const local = flags.dryRun ? { closed: 0, signed: 0 } : await mend(home);
  if (!flags.json) printMended(local);
  const mistake = mistakeIn(configuration, flags);
  if (mistake !== undefined) {
    refuse("flush", mistake);
  } else if (flags.dryRun) {
    await preview(settings, flags.json === true);
  } else {
    await deliver(configuration, settings, { ...flags, local });
  }
}

/** Local runs that a process left open or unsigned when it died. */
interface Mended {
  readonly closed: number;
  readonly signed: number;
}

async function mend(home: string): Promise<Mended> {
  const left = { home, nowMs: Date.now() };
  return { closed: await closeLeftRuns(left), signed: await signLeftRuns(left) };
}

function printMended({ closed, signed }: Mended): void {
  if (closed > 0) say(`closed ${closed} local runs whose process is gone`);
  if (signed > 0) say(`signed ${signed} local runs that were cut off`);
}

function mistakeIn(configuration: Configuration, { within }: FlushFlags): string | undefined {
  const [problem] = configuration.problems;
  if (problem !== undefined) return problem;
  if (configuration.url === undefined) {
    return "no collector: set CAUM_URL and CAUM_API_KEY, or give --url and --key";
  }
  if (!/^\d{1,5}$/.test(within)) return "--within is no number: give seconds";
  return undefined;
}

async function preview(settings: SpoolSettings, isJson: boolean): Promise<void> {
  const requests: string[] = [];
  const print = isJson ? (text: string) => void requests.push(text) : printRequest;
  const wouldSend = (await previewSpool({ arguments: settings, agent: AGENT }, print)) ?? 0;
  if (isJson) say(JSON.stringify({ wouldSend, requests }));
  else complain(`caum flush: ${wouldSend} records would be sent; nothing was`);
}

function printRequest(text: string): void {
  say(text.split("\n"));
}

async function deliver(
  { home, warnings }: Configuration,
  settings: SpoolSettings,
  { within, json, local }: FlushFlags & { readonly local: Mended },
): Promise<void> {
  const told = [...warnings];
  const sender = openSpoolSender({
    arguments: settings,
    agent: AGENT,
    onProblem: ({ message }) => told.push(message),
  });
  const result = await sender?.finish(Number(within) * MILLISECONDS);
  if (!result) return;
  const upstreams = await readUpstreams(home);
  const left = upstreams.reduce((sum, { spooled }) => sum + spooled, 0);
  if (json) say(JSON.stringify({ ...result, spooled: left, ...local, problems: told }));
  else say(describe(result, left));
  for (const message of json ? [] : told) complain(`caum flush: ${message}`);
  const isDamaged = result.damaged + result.lost > 0;
  if (isDamaged) process.exitCode = EXIT_CODE.damaged;
  else if (left > 0) process.exitCode = EXIT_CODE.found;
}

function describe({ accepted, duplicate, rejected }: DeliveryResult, left: number): string {
  const delivered = `delivered ${accepted + duplicate} records`;
  const known = duplicate > 0 ? `, ${duplicate} of them known already` : "";
  const aside = rejected > 0 ? `; ${rejected} were not taken` : "";
  const waiting = left > 0 ? `; ${left} wait still (caum status)` : "";
  return delivered + known + aside + waiting;
}
