/** What the words after `caum-mcp-proxy` ask for. Runs before the server is started, so it is short. */

export interface ProxyOptions {
  readonly home?: string;
  readonly sessionId?: string;
  readonly agentId?: string;
  /** The marker of the wrapped entry, which holds the name that the client's file gives the server. */
  readonly entry?: string;
  /** Where OpenTelemetry is emitted to; the environment and the configuration where it is absent. */
  readonly otlp?: string;
  readonly hashNames: boolean;
  readonly record: boolean;
}

export type CommandLine =
  | {
      readonly kind: "stdio";
      readonly command: string;
      readonly args: readonly string[];
      readonly options: ProxyOptions;
    }
  | {
      readonly kind: "http";
      readonly url: string;
      readonly listen: string;
      readonly options: ProxyOptions;
    }
  | { readonly kind: "help" | "version" }
  | { readonly kind: "mistake"; readonly text: string };

const WITH_VALUE = ["--home", "--session", "--agent", "--entry", "--otlp", "--http", "--listen"];
const WITHOUT_VALUE = ["--no-record", "--hash-names", "--help", "-h", "--version"];
const DEFAULT_LISTEN = "127.0.0.1:0";

export function readCommandLine(
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): CommandLine {
  const end = words.indexOf("--");
  const flags = readFlags(end < 0 ? words : words.slice(0, end));
  if (typeof flags === "string") return { kind: "mistake", text: flags };
  if (flags.has("--help") || flags.has("-h")) return { kind: "help" };
  if (flags.has("--version")) return { kind: "version" };
  const [command, ...args] = end < 0 ? [] : words.slice(end + 1);
  const options = optionsOf(flags, env);
  const url = flags.get("--http");
  if (url !== undefined) {
    if (command) return mistake("--http takes no server command: leave out what follows --");
    return { kind: "http", url, listen: flags.get("--listen") ?? DEFAULT_LISTEN, options };
  }
  if (flags.has("--listen")) return mistake("--listen needs --http: add the URL of the server");
  if (!command) return mistake("no server command: write it after --");
  return { kind: "stdio", command, args, options };
}

function readFlags(words: readonly string[]): Map<string, string> | string {
  const flags = new Map<string, string>();
  for (let index = 0; index < words.length; index++) {
    const [name = "", ...rest] = (words[index] ?? "").split("=");
    const hasValue = WITH_VALUE.includes(name);
    if (!hasValue && (rest.length > 0 || !WITHOUT_VALUE.includes(name))) return unexpected(name);
    const value = !hasValue || rest.length > 0 ? rest.join("=") : words[++index];
    if (hasValue && !value) return `${name} needs a value: see --help`;
    flags.set(name, value ?? "");
  }
  return flags;
}

function unexpected(name: string): string {
  return name.startsWith("-")
    ? `unknown option ${name}: see --help`
    : `unexpected argument ${name}: the server command goes after --`;
}

function optionsOf(
  flags: ReadonlyMap<string, string>,
  env: Readonly<Record<string, string | undefined>>,
): ProxyOptions {
  const home = flags.get("--home");
  const sessionId = flags.get("--session");
  const agentId = flags.get("--agent");
  const entry = flags.get("--entry");
  const otlp = flags.get("--otlp");
  return {
    ...(home ? { home } : {}),
    ...(sessionId ? { sessionId } : {}),
    ...(agentId ? { agentId } : {}),
    ...(entry ? { entry } : {}),
    ...(otlp ? { otlp } : {}),
    hashNames: flags.has("--hash-names") || env.CAUM_HASH_NAMES === "1",
    record: !flags.has("--no-record"),
  };
}

function mistake(text: string): CommandLine {
  return { kind: "mistake", text };
}
