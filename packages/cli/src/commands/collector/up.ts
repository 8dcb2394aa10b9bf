import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import type { Collector } from "@caum/collector";
import type { Command } from "commander";
import { jsonOption } from "../../options/declare.ts";
import { refuse } from "../../options/refuse.ts";
import { log } from "../../terminal/log.ts";
import { say } from "../../terminal/say.ts";
import { isNodeNewEnough, OLDEST_NODE } from "../../up/oldest-node.ts";
import { readSettings, type Sources, settingLines, type UpSettings } from "../../up/settings.ts";
import { startReason } from "../../up/start-reason.ts";
import { stopOnSignals } from "../../up/stop-on-signals.ts";

/** What is about this start, beside the settings of the collector. */
interface UpOptions {
  readonly json?: boolean;
  readonly open: boolean;
  readonly showKeys?: boolean;
  readonly printConfig?: boolean;
}

const ABOUT = `
examples:
  caum up
  caum up --port 0 --json --data ./collector
  caum up --print-config

Each setting may also come from the environment, or from "collector" in CAUM_HOME/config.json; the
command line goes first, then the environment. --print-config shows what is set, and where.

exit codes: 0 stopped by a signal (SIGINT, SIGTERM), 1 by a second one, 2 it could not start`;

export function registerUp(program: Command): void {
  program
    .command("up")
    .description("start a collector: one process, one folder, no service beside it")
    .option("--port <number>", "port to listen on; 0 takes a free one (default: 4070)")
    .option("--host <address>", "address to listen on (default: 127.0.0.1)")
    .option("--data <folder>", "where everything is kept (default: collector in CAUM_HOME)")
    .option("--database <url>", "keep everything in PostgreSQL, where many nodes can share it")
    .option("--read-database <url>", "read lists, sums and exports from this replica of it")
    .addOption(jsonOption("print one line of JSON when ready"))
    .option("--no-open", "do not open the dashboard in a browser")
    .option("--no-desktop", "no notifications of this machine's desktop when an agent loops")
    .option("--otlp [url]", "emit OpenTelemetry: to this receiver, or to where OTEL_* say")
    .option("--show-keys", "print the keys again, not only on the first start")
    .option("--no-show-keys", "print no keys, not on the first start either")
    .option("--demo", "take sessions without a key from other machines too")
    .option("--register", "let other machines register accounts")
    .option("--hash-names", "key tool and other names as well")
    .option("--public-url <url>", "where people reach the collector")
    .option("--base-path <path>", "the path below which it is reached (default: of --public-url)")
    .option("--rate-limit <events>", "events a second and key; 0 for no limit")
    .option("--trial-days <days>", "registered accounts are on trial for so long")
    .option("--without-trials", "accounts whose trial is over go on all the same")
    .option("--allow-destination <host...>", "let alerts go to this internal host or host:port")
    .option("--allow-origin <origin...>", "let pages of this origin call the API from a browser")
    .option("--witness <url=vkey...>", "ask this witness to cosign what is kept; see caum witness")
    .option(
      "--timestamp <url>",
      "have this authority (RFC 3161) stamp heads of sessions that ended",
    )
    .option("--oidc-issuer <url>", "let members sign in by this OpenID Connect provider")
    .option("--oidc-client-id <id>", "the client id that the provider gave the collector")
    .option(
      "--oidc-client-secret-file <file>",
      "the client's secret; or CAUM_OIDC_CLIENT_SECRET holds it",
    )
    .option("--oidc-domain <domain...>", "let verified addresses of this domain in as viewers")
    .option("--print-config", "print every setting and where it comes from, and start nothing")
    .addHelpText("after", ABOUT)
    .action((options: UpOptions, command: Command) => up(options, flagsOf(command)));
}

/** What stands on the command line, and nothing that is a default. */
function flagsOf(command: Command): Sources["flags"] {
  const given = Object.entries(command.opts()).filter(
    ([name]) => command.getOptionValueSource(name) === "cli",
  );
  return Object.fromEntries(given);
}

async function up(options: UpOptions, flags: Sources["flags"]): Promise<void> {
  const { homeOf } = await import("@caum/core/settings");
  const home = homeOf(undefined, process.env);
  let settings: UpSettings;
  try {
    const read = readSettings({ flags, env: process.env, home });
    if (options.printConfig) {
      say(options.json ? JSON.stringify(read.rows) : settingLines(read.rows));
      return;
    }
    settings = read.settings;
  } catch (failure) {
    refuse("up", startReason(failure));
    return;
  }
  await start(settings, options, home);
}

async function start(settings: UpSettings, options: UpOptions, home: string): Promise<void> {
  if (!isNodeNewEnough(process.versions.node)) {
    refuse(
      "up",
      `the collector needs Node ${OLDEST_NODE.join(".")} or newer, this is ${process.versions.node}: ` +
        "install Node 24 (https://nodejs.org) and start it again; recording goes on with this one, " +
        "and caum sessions, report and tail read what is recorded without a collector",
    );
    return;
  }
  // Short-lived objects of a busy server would otherwise take 100 MB more before they are collected.
  setFlagsFromString("--semi-space-growth-factor=1");
  // Loaded here, because older versions of Node cannot even load it.
  const { startCollector } = await import("@caum/collector");
  const { keepLocalAccount } = await import("@caum/core/settings");
  const { oidcIssuer, oidcClientId, oidcClientSecretFile, oidcDomain, ...others } = settings;
  const { allowDestination, allowOrigin, rateLimit, desktop, witness, ...same } = others;
  try {
    const collector = await startCollector({
      ...same,
      home,
      eventsPerSecond: rateLimit,
      allowOrigins: allowOrigin,
      witnesses: witness,
      onWitness: (told) => log({ level: told.problem === undefined ? "info" : "warn", ...told }),
      oidc: {
        issuer: oidcIssuer,
        clientId: oidcClientId,
        clientSecretFile: oidcClientSecretFile,
        domains: oidcDomain,
      },
      alerts: { allowDestinations: allowDestination },
      // The settings have read it already, and the command line goes over it.
      env: { ...process.env, CAUM_ALLOW_DESTINATIONS: undefined },
      // Nobody sits at a machine that is one of many.
      desktop: desktop !== false && settings.database === undefined,
      onFailure: (failure) => log({ level: "error", event: "not_answered", kind: failure.name }),
    });
    const relays = await keepRelays(home);
    const close = () => {
      relays.close();
      return collector.close();
    };
    // Before it says that it is ready: whoever reads that may stop it at once.
    stopOnSignals(close);
    try {
      keepLocalAccount(home, collector);
      await present(collector, options, await commandForKeys(settings, home));
    } catch (failure) {
      // Whoever started it is about to read that it did not start.
      await close();
      throw failure;
    }
  } catch (failure) {
    refuse("up", `${startReason(failure, settings)}${await whoRunsHere(failure, home)}`);
  }
}

/** For whoever starts a second one, because they do not know of the first. */
async function whoRunsHere(failure: unknown, home: string): Promise<string> {
  if (!(failure instanceof Error) || failure.name !== "FolderInUseError") return "";
  const { readLocalAccount } = await import("@caum/core/settings");
  const { answersAt } = await import("../../service/answers-at.ts");
  const url = readLocalAccount(home)?.url;
  const isUp = url !== undefined && (await answersAt(Number(new URL(url).port)));
  return isUp ? `. A collector of this machine answers at ${url}` : "";
}

/** What prints the keys of this collector again. */
async function commandForKeys({ data, database }: UpSettings, home: string): Promise<string> {
  const { shellWord } = await import("@caum/core/settings");
  const isElsewhere = database === undefined && data !== join(home, "collector");
  return `caum collector keys${isElsewhere ? ` --data ${shellWord(data)}` : ""}`;
}

async function present(
  collector: Collector,
  options: UpOptions,
  commandForKeys: string,
): Promise<void> {
  const keys = { apiKey: collector.apiKey, adminKey: collector.adminKey };
  const shown = (options.showKeys ?? collector.isNew) ? keys : undefined;
  const signInLink = await collector.newSignInLink();
  const loops = await toldOfLoops(collector);
  announce({ ...collector, signInLink, loops, commandForKeys }, shown, options.json === true);
  if (options.open && !options.json && process.stdout.isTTY && !process.env.CI) {
    const { openBrowser } = await import("../../up/open-browser.ts");
    openBrowser(signInLink, collector.data);
  }
}

async function keepRelays(home: string): Promise<{ close(): void }> {
  const { keepHttpRelays } = await import("../../relays/http-relays.ts");
  return keepHttpRelays(home, (port) =>
    log({ level: "error", event: "http_relay_ended", port: String(port) }),
  );
}

interface Started {
  readonly url: string;
  readonly signInLink: string;
  readonly data: string;
  readonly verifierKey: string;
  readonly desktop: Collector["desktop"];
  readonly loops: string;
  readonly commandForKeys: string;
  readonly witnesses: Collector["witnesses"];
}

type Keys = { readonly apiKey: string; readonly adminKey: string };

/** How the person at this machine is told of a loop. */
async function toldOfLoops({ desktop }: Collector): Promise<string> {
  if (desktop === "on") return "are reported by a notification; --no-desktop turns it off";
  if (desktop === "off") return "are reported on the dashboard, and where its alert rules say";
  const { howToNotify } = await import("@caum/core/machine");
  return `cannot be reported by a notification: ${howToNotify()}`;
}

function announce(
  { url, signInLink, data, verifierKey, desktop, loops, commandForKeys, witnesses }: Started,
  keys: Keys | undefined,
  json: boolean,
): void {
  if (json) {
    const asked = witnesses.length > 0 ? { witnesses } : {};
    say(JSON.stringify({ url, signInLink, ...keys, verifierKey, data, desktop, ...asked }));
    return;
  }
  say(`caum collector  ${url}`);
  say(`  dashboard     ${signInLink}`);
  say("                signs one browser in, within a minute; later with an API key");
  say(`  API           ${url}/docs`);
  say(`  data          ${data}`);
  say(`  verifier key  ${verifierKey}`);
  for (const witness of witnesses) say(`  witness       ${witness.name} at ${witness.url}`);
  say(`  loops         ${loops}`);
  if (keys === undefined) {
    say(`  keys          not shown: ${commandForKeys} prints them`);
    return;
  }
  say(`  API key       ${keys.apiKey}`);
  say(`  admin key     ${keys.adminKey}`);
}
