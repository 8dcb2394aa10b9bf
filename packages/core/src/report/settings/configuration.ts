/** Where settings come from: arguments, then the environment, then `CAUM_HOME/config.json`. */
import { readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { parseVerifierKey } from "../../evidence/note/vkey.ts";
import { isObject, jsonOf } from "../upstream/answer.ts";
import { isOfThisMachine, localKeyFor } from "./local-account.ts";

export const PROTOCOLS = ["runs", "live"] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** What can be set, under the same name as an argument and in `config.json`. */
export interface Settings {
  /**
   * The collector; with a key alone it is the one of this machine. Without both, runs stay on this
   * machine.
   */
  readonly url?: string | undefined;
  /** The collector's key, `caum_live_...`. */
  readonly apiKey?: string | undefined;
  /** `runs` (our collector) unless told otherwise. */
  readonly protocol?: Protocol | undefined;
  readonly agentId?: string | undefined;
  readonly sessionId?: string | undefined;
  /** The collector's verifier key; the one it names first is trusted when absent. */
  readonly verifierKey?: string | undefined;
  /** Print what would be sent, and send nothing. */
  readonly dryRun?: boolean | undefined;
  /** Tell of loops by notifications of the desktop; yes unless told otherwise. */
  readonly desktop?: boolean | undefined;
  /**
   * Emit OpenTelemetry: to this URL of a receiver, or with `true` to where the OTEL_* variables say.
   * No unless told otherwise, whatever OTEL_* variables there are.
   */
  readonly otlp?: string | boolean | undefined;
}

export interface Configuration extends Settings {
  readonly home: string;
  readonly protocol: Protocol;
  readonly dryRun: boolean;
  /** What could not be used; nothing is sent while there is any. */
  readonly problems: readonly string[];
  /** Who else could read the key; it is used all the same. */
  readonly warnings: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

const VARIABLES: Readonly<Record<keyof Settings, string>> = {
  url: "CAUM_URL",
  apiKey: "CAUM_API_KEY",
  protocol: "CAUM_PROTOCOL",
  agentId: "CAUM_AGENT_ID",
  sessionId: "CAUM_SESSION_ID",
  verifierKey: "CAUM_VERIFIER_KEY",
  dryRun: "CAUM_DRY_RUN",
  desktop: "CAUM_DESKTOP",
  otlp: "CAUM_OTLP",
};
// True because the record above names each setting once.
const NAMES = Object.keys(VARIABLES) as readonly (keyof Settings)[];
/** Those that may be told in the environment by 1 or 0. */
const FLAGS: ReadonlySet<keyof Settings> = new Set(["dryRun", "desktop", "otlp"]);
/** Where `caum up` listens: a key that comes without a URL is one of this machine's collector. */
const LOCAL_COLLECTOR = "http://127.0.0.1:4070";
const CONFIG_FILE = "config.json";
/** What `caum up` is told; it reads that by itself. */
const COLLECTOR = "collector";
const MAX_CONFIG_BYTES = 65_536;
/** Rights of anybody but the owner. */
const OTHERS = 0o077;
/** What fits into a header: visible ASCII. */
const KEY = /^[\x21-\x7e]{1,512}$/;

export interface ConfigurationSources {
  readonly arguments?: Settings & { readonly home?: string | undefined };
  readonly env?: Environment | undefined;
}

/** The folder of keys, runs and spool. */
export function homeOf(home: string | undefined, env: Environment): string {
  return home ?? (env.CAUM_HOME || join(homedir(), ".caum"));
}

/** Reads and checks all settings; never throws and never repeats a value that it refuses. */
export function loadConfiguration(sources: ConfigurationSources = {}): Configuration {
  const env = sources.env ?? process.env;
  const home = homeOf(sources.arguments?.home, env);
  const problems: string[] = [];
  const file = fromFile(join(home, CONFIG_FILE), problems);
  const layers = [
    { from: "argument", values: { ...sources.arguments } },
    { from: "environment", values: fromEnvironment(env) },
    { from: CONFIG_FILE, values: file.values },
  ];
  const chosen: Partial<Record<keyof Settings, unknown>> = {};
  for (const name of NAMES) {
    const layer = layers.find(({ values }) => values[name] !== undefined);
    if (!layer) continue;
    const value = checked(name, layer.values[name]);
    if (value === undefined) problems.push(complaint(name, layer.from));
    else chosen[name] = value;
  }
  // True because `checked` answers with the type that the setting has.
  const settings = chosen as Settings;
  const url = settings.url ?? (settings.apiKey === undefined ? undefined : LOCAL_COLLECTOR);
  const apiKey = settings.apiKey ?? (url === undefined ? undefined : localKeyFor(url, home));
  return {
    ...settings,
    ...(url === undefined ? {} : { url }),
    ...(apiKey === undefined ? {} : { apiKey }),
    home,
    protocol: settings.protocol ?? "runs",
    dryRun: settings.dryRun ?? false,
    problems,
    warnings: [...warnings({ ...settings, url }), ...file.warnings],
  };
}

function warnings({ url, apiKey }: Settings): readonly string[] {
  if (url === undefined || apiKey === undefined) return [];
  if (new URL(url).protocol === "https:" || isOfThisMachine(url)) return [];
  return ["the key goes over the network unencrypted: give the collector an https URL"];
}

type Values = Readonly<Partial<Record<string, unknown>>>;

function fromEnvironment(env: Environment): Values {
  const values: Record<string, unknown> = {};
  for (const name of NAMES) {
    // An empty variable is one that somebody wanted to unset.
    const text = env[VARIABLES[name]] || undefined;
    values[name] = FLAGS.has(name) && text !== undefined ? readFlag(text) : text;
  }
  return values;
}

function readFlag(text: string): unknown {
  if (text === "1" || text === "true") return true;
  return text === "0" || text === "false" ? false : text;
}

interface FileSettings {
  readonly values: Values;
  readonly warnings: readonly string[];
}

const NO_FILE: FileSettings = { values: {}, warnings: [] };

function fromFile(path: string, problems: string[]): FileSettings {
  let text: string;
  let mode: number;
  try {
    const stats = statSync(path);
    mode = stats.mode;
    text = stats.size > MAX_CONFIG_BYTES ? "" : readFileSync(path, "utf8");
  } catch (problem) {
    const code = problem instanceof Error && "code" in problem ? problem.code : undefined;
    const isAbsent = code === "ENOENT" || code === "ENOTDIR";
    if (!isAbsent) problems.push(`${CONFIG_FILE} cannot be read: look at its rights`);
    return NO_FILE;
  }
  const values = jsonOf(text);
  const mistake = mistakeIn(values);
  if (!values || mistake !== undefined) {
    problems.push(`${CONFIG_FILE} ${mistake}`);
    return NO_FILE;
  }
  const isOpen = process.platform !== "win32" && (mode & OTHERS) !== 0;
  if (!isOpen || values.apiKey === undefined) return { values, warnings: [] };
  return { values, warnings: [`${CONFIG_FILE} holds a key and is open to others: chmod 600 it`] };
}

function mistakeIn(values: Values | undefined): string | undefined {
  if (!values) return "is no JSON object: correct or remove it";
  const unknown = Object.keys(values).find(
    (name) => !NAMES.some((known) => known === name) && name !== COLLECTOR,
  );
  if (unknown === undefined) return undefined;
  const shown = /^[A-Za-z]{1,32}$/.test(unknown) ? ` (${unknown})` : "";
  return `has a setting that is not known${shown}: remove it`;
}

/** @returns undefined when the value is not usable */
function checked(name: keyof Settings, value: unknown): unknown {
  if (name === "otlp" && typeof value === "string") return isPlainUrl(value) ? value : undefined;
  if (FLAGS.has(name)) return typeof value === "boolean" ? value : undefined;
  if (typeof value !== "string") return undefined;
  switch (name) {
    case "url":
      return isPlainUrl(value) ? value : undefined;
    case "apiKey":
      return KEY.test(value) ? value : undefined;
    case "protocol":
      return PROTOCOLS.find((protocol) => protocol === value);
    case "verifierKey":
      return isVerifierKey(value) ? value : undefined;
    default:
      return value;
  }
}

function isPlainUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return (protocol === "http:" || protocol === "https:") && username === "" && password === "";
}

function isVerifierKey(text: string): boolean {
  try {
    return isObject(parseVerifierKey(text));
  } catch {
    return false;
  }
}

const EXPECTED: Readonly<Record<keyof Settings, string>> = {
  url: "an http or https URL without user name",
  apiKey: "the key as the collector printed it",
  protocol: PROTOCOLS.join(" or "),
  agentId: "a text",
  sessionId: "a text",
  verifierKey: "a verifier key: <name>+<id>+<base64>",
  dryRun: "true or false",
  desktop: "true or false",
  otlp: "an http or https URL without user name, or true or false",
};

function complaint(name: keyof Settings, from: string): string {
  const where = from === "environment" ? VARIABLES[name] : `${name} (${from})`;
  return `${where} is not usable: give ${EXPECTED[name]}`;
}
