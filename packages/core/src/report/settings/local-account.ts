/**
 * The account of this machine's own collector: where it listens, and a key for it. `caum up` leaves
 * it in CAUM_HOME for the user alone, so that nobody has to carry a key from one window to the next.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isObject, jsonOf } from "../upstream/answer.ts";

export interface LocalAccount {
  readonly url: string;
  readonly apiKey: string;
  /** May send and nothing else; absent in what an earlier version left. */
  readonly telemetryKey?: string;
}

const FILE = "local-collector.json";
const MAX_BYTES = 4_096;
const OWNER_ONLY = 0o600;
const OTHERS = 0o077;

/** @returns undefined where no collector was started, or others may read the file */
export function readLocalAccount(home: string): LocalAccount | undefined {
  try {
    const path = join(home, FILE);
    const { size, mode } = statSync(path);
    const isOpen = process.platform !== "win32" && (mode & OTHERS) !== 0;
    if (isOpen || size > MAX_BYTES) return undefined;
    const found = jsonOf(readFileSync(path, "utf8"));
    if (!isObject(found)) return undefined;
    const { url, apiKey, telemetryKey } = found;
    if (typeof url !== "string" || typeof apiKey !== "string") return undefined;
    if (!isOfThisMachine(url)) return undefined;
    return { url, apiKey, ...(typeof telemetryKey === "string" && { telemetryKey }) };
  } catch {
    return undefined;
  }
}

/** Whoever cannot write to CAUM_HOME gives the key by hand, as before. */
export function keepLocalAccount(home: string, { url, apiKey, telemetryKey }: LocalAccount): void {
  const path = join(home, FILE);
  const whole = `${path}.${process.pid}`;
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    rmSync(whole, { force: true });
    const text = `${JSON.stringify({ url: reachable(url), apiKey, telemetryKey })}\n`;
    writeFileSync(whole, text, { mode: OWNER_ONLY, flag: "wx" });
    renameSync(whole, path);
  } catch {
    rmSync(whole, { force: true });
  }
}

/** The key of this machine's collector, where it is that collector that is asked. */
export function localKeyFor(url: string, home: string): string | undefined {
  if (!isOfThisMachine(url)) return undefined;
  const account = readLocalAccount(home);
  if (account === undefined) return undefined;
  return new URL(account.url).port === new URL(url).port ? account.apiKey : undefined;
}

export function isOfThisMachine(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  const isName = hostname === "localhost" || hostname.endsWith(".localhost");
  return isName || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** A collector that listens everywhere is reached at loopback from here. */
function reachable(url: string): string {
  const address = new URL(url);
  if (address.hostname === "0.0.0.0") address.hostname = "127.0.0.1";
  if (address.hostname === "[::]") address.hostname = "[::1]";
  return address.origin;
}
