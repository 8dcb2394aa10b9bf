import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Witness } from "@caum/collector";
import type { Command } from "commander";
import { collect, jsonOption } from "../../options/declare.ts";
import { orRefuse, refuse } from "../../options/refuse.ts";
import { log } from "../../terminal/log.ts";
import { say } from "../../terminal/say.ts";
import { isNodeNewEnough, OLDEST_NODE } from "../../up/oldest-node.ts";
import { startReason } from "../../up/start-reason.ts";
import { stopOnSignals } from "../../up/stop-on-signals.ts";

interface WitnessFlags {
  readonly data?: string;
  readonly port: string;
  readonly host: string;
  readonly name?: string;
  readonly log?: readonly string[];
  readonly logs?: string;
  readonly json?: boolean;
}

const DEFAULT_PORT = "4090";

const ABOUT = `
A witness cosigns the heads of a log that grow from those it saw before, and refuses all others for ever.
It keeps nothing but its key and the last head of each log (C2SP tlog-witness). It is for whoever does not
want to take the operator's word: a customer, an auditor, another operator. The collector is started with
--witness and what this command prints; how to run one is in docs/evidence.md.

examples:
  caum witness --log collector.example/caum+5ba2ed94+AYx...
  caum witness --logs keys.txt --name auditor.example/w1 --host 0.0.0.0 --port 4090 --data ./witness

exit codes: 0 stopped by a signal (SIGINT, SIGTERM), 1 by a second one, 2 it could not start`;

export function registerWitness(program: Command): void {
  program
    .command("witness")
    .description("cosign heads of logs that only grow, and refuse those that contradict")
    .option(
      "--log <vkey>",
      "verifier key of a collector or a log that it witnesses (repeatable)",
      collect,
    )
    .option("--logs <file>", "a file of such keys, one a line")
    .option("--name <name>", "what its key is called, such as a host and path; kept in the key")
    .option("--data <folder>", "its key and what it saw (default: witness in CAUM_HOME)")
    .option("--port <number>", "port to listen on; 0 takes a free one", DEFAULT_PORT)
    .option("--host <address>", "address to listen on", "127.0.0.1")
    .addOption(jsonOption("print one line of JSON when ready"))
    .addHelpText("after", ABOUT)
    .action(run);
}

function run(flags: WitnessFlags): Promise<void> {
  return orRefuse("witness", async () => {
    const port = /^\d{1,5}$/.test(flags.port) ? Number(flags.port) : Number.NaN;
    if (!(port <= 65_535)) throw new Error("--port takes a whole number");
    if (!isNodeNewEnough(process.versions.node)) {
      throw new Error(`it needs Node ${OLDEST_NODE.join(".")} or newer`);
    }
    // Loaded here, because older versions of Node cannot even load it.
    const { startWitness, vkeysIn } = await import("@caum/collector");
    const { homeOf } = await import("@caum/core/settings");
    const listed = flags.logs === undefined ? [] : vkeysIn(readFileSync(flags.logs, "utf8"));
    const { host, name } = flags;
    try {
      const witness = await startWitness({
        data: flags.data ?? join(homeOf(undefined, process.env), "witness"),
        host,
        port,
        name,
        logs: [...(flags.log ?? []), ...listed],
        onEvent: (event) => log({ level: "warn", ...event }),
      });
      stopOnSignals(() => witness.close());
      announce(witness, flags.json === true);
    } catch (failure) {
      refuse("witness", startReason(failure, { host, port }));
    }
  });
}

function announce({ url, verifierKey, data, keys, seen }: Witness, json: boolean): void {
  if (json) {
    say(JSON.stringify({ url, verifierKey, data, keys, seen }));
    return;
  }
  say([
    `caum witness    ${url}`,
    `  verifier key  ${verifierKey}`,
    `  data          ${data}`,
    ...keys.map((name) => `  witnesses     ${name}`),
    ...seen.map(({ origin, size }) => `  seen          ${origin} up to ${size}`),
    `  collectors    caum up --witness ${url}=${verifierKey}`,
  ]);
}
