/** What `caum up` can be told: the command line goes over the environment, that over the file. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Everything that can be chosen; what nobody chose is absent, unless it has a default. */
export interface UpSettings {
  readonly port: number;
  readonly host: string;
  readonly data: string;
  readonly database?: string;
  readonly readDatabase?: string;
  readonly demo?: boolean;
  readonly register?: boolean;
  readonly hashNames?: boolean;
  readonly publicUrl?: string;
  readonly basePath?: string;
  readonly rateLimit?: number;
  readonly trialDays?: number;
  readonly withoutTrials?: boolean;
  readonly desktop?: boolean;
  readonly otlp?: string | boolean;
  readonly allowDestination?: readonly string[];
  readonly allowOrigin?: readonly string[];
  readonly witness?: readonly string[];
  readonly timestamp?: string;
  readonly oidcIssuer?: string;
  readonly oidcClientId?: string;
  readonly oidcClientSecretFile?: string;
  readonly oidcDomain?: readonly string[];
}

type Name = keyof UpSettings;
type Kind = "text" | "count" | "flag" | "list" | "receiver" | "address";
type Value = string | number | boolean | readonly string[];

interface Setting {
  readonly variable: string;
  readonly kind: Kind;
}

/** The one table of settings; its names are those of the options and, in camel case, of the file. */
const SETTINGS: Readonly<Record<Name, Setting>> = {
  port: { variable: "CAUM_PORT", kind: "count" },
  host: { variable: "CAUM_HOST", kind: "text" },
  data: { variable: "CAUM_DATA", kind: "text" },
  database: { variable: "CAUM_DATABASE", kind: "text" },
  readDatabase: { variable: "CAUM_READ_DATABASE", kind: "text" },
  demo: { variable: "CAUM_DEMO", kind: "flag" },
  register: { variable: "CAUM_REGISTER", kind: "flag" },
  hashNames: { variable: "CAUM_HASH_NAMES", kind: "flag" },
  publicUrl: { variable: "CAUM_PUBLIC_URL", kind: "text" },
  basePath: { variable: "CAUM_BASE_PATH", kind: "text" },
  rateLimit: { variable: "CAUM_RATE_LIMIT", kind: "count" },
  trialDays: { variable: "CAUM_TRIAL_DAYS", kind: "count" },
  withoutTrials: { variable: "CAUM_WITHOUT_TRIALS", kind: "flag" },
  desktop: { variable: "CAUM_DESKTOP", kind: "flag" },
  // Not CAUM_OTLP: one shell may start a collector and agents, and only one of them is to emit.
  otlp: { variable: "CAUM_COLLECTOR_OTLP", kind: "receiver" },
  allowDestination: { variable: "CAUM_ALLOW_DESTINATIONS", kind: "list" },
  allowOrigin: { variable: "CAUM_ALLOW_ORIGINS", kind: "list" },
  witness: { variable: "CAUM_WITNESSES", kind: "list" },
  timestamp: { variable: "CAUM_TIMESTAMP", kind: "address" },
  oidcIssuer: { variable: "CAUM_OIDC_ISSUER", kind: "address" },
  oidcClientId: { variable: "CAUM_OIDC_CLIENT_ID", kind: "text" },
  oidcClientSecretFile: { variable: "CAUM_OIDC_CLIENT_SECRET_FILE", kind: "text" },
  oidcDomain: { variable: "CAUM_OIDC_DOMAINS", kind: "list" },
};
// True because the record above names each setting once.
const NAMES = Object.keys(SETTINGS) as readonly Name[];

/** Secrets come from the environment alone: a command line is seen by others. */
const SECRETS = [
  "CAUM_SIGNING_KEY",
  "CAUM_DIGEST_KEY",
  "CAUM_FIRST_KEY",
  "CAUM_STRIPE_SECRET_KEY",
  "CAUM_STRIPE_WEBHOOK_SECRET",
  "CAUM_STRIPE_PRICE",
  "CAUM_UPGRADE_URL",
  "CAUM_MAIL_FROM",
  "CAUM_SMTP_URL",
  "CAUM_RESEND_API_KEY",
  "CAUM_OIDC_CLIENT_SECRET",
] as const;

export interface Sources {
  /** What stands on the command line, by the names of the settings. */
  readonly flags: Readonly<Partial<Record<Name, unknown>>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
}

/** A setting, what it is, and who said so. */
export interface SettingRow {
  readonly setting: string;
  /** Null where nobody chose and there is no default; of a secret, whether it is set. */
  readonly value: Value | null;
  readonly from: string;
}

/**
 * Reads all settings.
 *
 * @throws {Error} naming the first that cannot be used and where it stands, never its value
 */
export function readSettings(sources: Sources): {
  readonly settings: UpSettings;
  readonly rows: readonly SettingRow[];
} {
  const { env, home } = sources;
  const file = fileSettings(home);
  const standard = { port: 4070, host: "127.0.0.1", data: join(home, "collector") };
  const settings: Partial<Record<Name, Value>> = { ...standard };
  const rows = NAMES.map((name): SettingRow => {
    const told = toldOf(name, sources, file);
    if (told !== undefined) settings[name] = told.value;
    const value = settings[name] ?? null;
    return { setting: optionOf(name), value: shown(name, value), from: told?.from ?? "default" };
  });
  const secrets = SECRETS.map((variable): SettingRow => {
    const isSet = Boolean(env[variable]?.trim());
    return { setting: variable, value: isSet ? "set" : null, from: isSet ? "environment" : "" };
  });
  // True because each value was read by the kind of its setting, and the defaults are there.
  return { settings: settings as unknown as UpSettings, rows: [...rows, ...secrets] };
}

function toldOf(
  name: Name,
  { flags, env }: Sources,
  file: Readonly<Record<string, unknown>>,
): { readonly value: Value; readonly from: string } | undefined {
  const { variable, kind } = SETTINGS[name];
  const places = [
    { told: flags[name], from: optionOf(name) },
    // An empty variable is one that somebody wanted to unset.
    { told: env[variable]?.trim() || undefined, from: variable },
    { told: file[name], from: `config.json, collector.${name}` },
  ];
  const place = places.find(({ told }) => told !== undefined);
  if (place === undefined) return undefined;
  const value = READ[kind](place.told);
  if (value === undefined) throw new Error(`${place.from} takes ${EXPECTED[kind]}`);
  return { value, from: place.from };
}

const EXPECTED: Readonly<Record<Kind, string>> = {
  text: "a text",
  count: "a whole number",
  flag: "true or false",
  list: "a list, separated by commas",
  receiver: "an http or https URL without user name, or true or false",
  address: "an http or https URL without user name",
};

const READ: Readonly<Record<Kind, (told: unknown) => Value | undefined>> = {
  text: (told) => (typeof told === "string" && told.trim() !== "" ? told : undefined),
  count: (told) => {
    const isText = typeof told === "string" && told.trim() !== "";
    const value = isText ? Number(told) : told;
    return Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : undefined;
  },
  flag: (told) => {
    if (told === true || told === "1" || told === "true") return true;
    return told === false || told === "0" || told === "false" ? false : undefined;
  },
  list: (told) => {
    const parts = typeof told === "string" ? told.split(",") : told;
    if (!Array.isArray(parts) || parts.some((part) => typeof part !== "string")) return undefined;
    return parts.map((part: string) => part.trim()).filter((part) => part !== "");
  },
  receiver: (told) => {
    const isAsked = READ.flag(told);
    return isAsked === undefined ? READ.address(told) : isAsked;
  },
  address: (told) => {
    if (typeof told !== "string" || !URL.canParse(told)) return undefined;
    const { protocol, username, password } = new URL(told);
    const isPlain = (protocol === "http:" || protocol === "https:") && username + password === "";
    return isPlain ? told : undefined;
  },
};

/** The part of `config.json` that is about the collector; the rest of it is about what records. */
function fileSettings(home: string): Readonly<Record<string, unknown>> {
  let text: string;
  try {
    text = readFileSync(join(home, "config.json"), "utf8");
  } catch {
    return {};
  }
  const { collector, desktop } = objectOf(parsed(text)) ?? {};
  const settings = { desktop, ...(collector === undefined ? {} : objectOf(collector)) };
  const isMistaken = collector !== undefined && objectOf(collector) === undefined;
  const unknown = Object.keys(settings).some((name) => !NAMES.some((known) => known === name));
  if (!isMistaken && !unknown) return settings;
  const known = NAMES.join(", ");
  throw new Error(`config.json: collector is an object with some of ${known}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error("config.json is no JSON object: correct or remove it");
  }
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as Record<string, unknown>) : undefined; // Any object has text keys.
}

function optionOf(name: Name): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** Of a database, neither the user nor the password. */
function shown(name: Name, value: Value | null): Value | null {
  if ((name !== "database" && name !== "readDatabase") || typeof value !== "string") return value;
  const found = /^(\w+:\/\/)(?:[^/?#]*@)?([^/?#@]*)(\/[^?#@]*)?(?:[?#][^@]*)?$/.exec(value);
  if (found === null) return "a PostgreSQL database";
  const [, scheme, hosts, path = ""] = found;
  return `${scheme}${hosts}${path}`;
}

/** The settings as lines of text, in columns. */
export function settingLines(rows: readonly SettingRow[]): readonly string[] {
  const cells = rows.map(({ setting, value, from }) => {
    const text = Array.isArray(value) ? value.join(",") : value === null ? "-" : String(value);
    return [setting, text, from] as const;
  });
  const width = (at: 0 | 1) => Math.max(...cells.map((row) => row[at].length));
  const [first, second] = [width(0), width(1)];
  return cells.map(([setting, value, from]) =>
    `${setting.padEnd(first)}  ${value.padEnd(second)}  ${from}`.trimEnd(),
  );
}
