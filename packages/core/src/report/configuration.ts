/** Where settings come from: arguments, then the environment, then `CAUM_HOME/config.json`. */
import { readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { parseVerifierKey } from "../evidence/note/vkey.ts";
import { isObject, jsonOf } from "./upstream/answer.ts";

export const PROTOCOLS = ["runs", "live"] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** What can be set, under the same name as an argument and in `config.json`. */
export interface Settings {
  /** The collector: `http://127.0.0.1:7777`. Without it runs stay on this machine. */
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
}

export interface Configuration extends Settings {
  readonly home: string;
  readonly protocol: Protocol;
  readonly dryRun: boolean;
  /** What could not be used; nothing is sent while there is any. */
  readonly problems: readonly string[];
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
};
// True because the record above names each setting once.
const NAMES = Object.keys(VARIABLES) as readonly (keyof Settings)[];
const CONFIG_FILE = "config.json";
const MAX_CONFIG_BYTES = 65_536;
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
  const layers = [
    { from: "argument", values: { ...sources.arguments } },
    { from: "environment", values: fromEnvironment(env) },
    { from: CONFIG_FILE, values: fromFile(join(home, CONFIG_FILE), problems) },
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
  if (settings.apiKey !== undefined && settings.url === undefined && problems.length === 0) {
    problems.push("there is a key but no URL: set CAUM_URL, or remove CAUM_API_KEY");
  }
  return {
    ...settings,
    home,
    protocol: settings.protocol ?? "runs",
    dryRun: settings.dryRun ?? false,
    problems,
  };
}

type Values = Readonly<Partial<Record<string, unknown>>>;

function fromEnvironment(env: Environment): Values {
  const values: Record<string, unknown> = {};
  for (const name of NAMES) {
    // An empty variable is one that somebody wanted to unset.
    const text = env[VARIABLES[name]] || undefined;
    values[name] = name === "dryRun" && text !== undefined ? readFlag(text) : text;
  }
  return values;
}

function readFlag(text: string): unknown {
  if (text === "1" || text === "true") return true;
  return text === "0" || text === "false" ? false : text;
}

function fromFile(path: string, problems: string[]): Values {
  let text: string;
  try {
    text = statSync(path).size > MAX_CONFIG_BYTES ? "" : readFileSync(path, "utf8");
  } catch (problem) {
    const code = problem instanceof Error && "code" in problem ? problem.code : undefined;
    const isAbsent = code === "ENOENT" || code === "ENOTDIR";
    if (!isAbsent) problems.push(`${CONFIG_FILE} cannot be read: look at its rights`);
    return {};
  }
  const values = jsonOf(text);
  if (!values) {
    problems.push(`${CONFIG_FILE} is no JSON object: correct or remove it`);
    return {};
  }
  const unknown = Object.keys(values).find((name) => !NAMES.some((known) => known === name));
  if (unknown !== undefined) {
    const shown = /^[A-Za-z]{1,32}$/.test(unknown) ? ` (${unknown})` : "";
    problems.push(`${CONFIG_FILE} has a setting that is not known${shown}: remove it`);
    return {};
  }
  return values;
}

/** @returns undefined when the value is not usable */
function checked(name: keyof Settings, value: unknown): unknown {
  if (name === "dryRun") return typeof value === "boolean" ? value : undefined;
  if (typeof value !== "string") return undefined;
  switch (name) {
    case "url":
      return isCollectorUrl(value) ? value : undefined;
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

function isCollectorUrl(text: string): boolean {
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
};

function complaint(name: keyof Settings, from: string): string {
  const where = from === "environment" ? VARIABLES[name] : `${name} (${from})`;
  return `${where} is not usable: give ${EXPECTED[name]}`;
}
