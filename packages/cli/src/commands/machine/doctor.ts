import type { Command } from "commander";
import type { Comparison, Start } from "../../doctor/compare-servers.ts";
import type { Fact } from "../../doctor/fact.ts";
import { collect, jsonOption } from "../../options/declare.ts";
import { EXIT_CODE } from "../../options/exit-code.ts";
import { refuse } from "../../options/refuse.ts";
import { Progress } from "../../terminal/progress.ts";
import { say, sayJson } from "../../terminal/say.ts";
import { requestOf } from "./install.ts";

interface DoctorFlags {
  readonly client?: readonly string[];
  readonly project?: boolean;
  readonly server?: string;
  readonly timeout: string;
  readonly json?: boolean;
}

const ABOUT = `
Each configured server is started twice, without and with the recorder, and asked for its tools; no
tool is called. The starts are recorded under the session caum-doctor, which no list shows.

examples:
  caum doctor
  caum doctor --client cursor --server files --timeout 60

exit codes: 0 all is well, 1 something is not, 2 usage`;

export function registerDoctor(program: Command): void {
  program
    .command("doctor")
    .description("start every configured server with and without us, and compare")
    .option("--client <name>", "only this client (repeatable)", collect)
    .option("--project", "also the files of the project in this folder")
    .option("--server <name>", "only the servers of this name")
    .option("--timeout <seconds>", "what a server may take to answer", "20")
    .addOption(jsonOption())
    .addHelpText("after", ABOUT)
    .action(run);
}

async function run(flags: DoctorFlags): Promise<void> {
  const request = await requestOf(flags, "doctor");
  const timeoutMs = Number(flags.timeout) * 1_000;
  if (!request) return;
  if (!(timeoutMs > 0)) return refuse("doctor", "--timeout takes a number of seconds");
  const { compareServer } = await import("../../doctor/compare-servers.ts");
  const { configuredServers } = await import("../../doctor/configured-servers.ts");
  const { machineFacts } = await import("../../doctor/machine-facts.ts");
  const { thisMachine } = await import("../../machine/place.ts");
  const place = thisMachine();
  const facts = await machineFacts(place);
  if (!flags.json) for (const fact of facts) say(describeFact(fact));
  const servers = configuredServers(request.clients, request.project, place).filter(
    ({ name }) => flags.server === undefined || name === flags.server,
  );
  const comparisons: Comparison[] = [];
  // One after the other: what is measured should not be the other servers.
  const progress = new Progress();
  for (const [index, server] of servers.entries()) {
    progress.show(`${index + 1} of ${servers.length}: ${server.client} ${server.name}`);
    const comparison = await compareServer(server, place.env, timeoutMs);
    comparisons.push(comparison);
    progress.clear();
    if (!flags.json) say(describe(comparison));
  }
  if (flags.json) sayJson({ facts, servers: comparisons });
  else if (servers.length === 0) say("no server that is started by a client was found");
  const isWell = facts.every(({ state }) => state !== "problem") && comparisons.every(isHealthy);
  process.exitCode = isWell ? 0 : EXIT_CODE.found;
}

/** A server that fails without us too is not our patient. */
function isHealthy({ isSame }: Comparison): boolean {
  return isSame !== false;
}

function describeFact({ about, state, text }: Fact): string {
  return `${state.padEnd(7)}  ${about.padEnd(9)}  ${text}`;
}

function describe({
  client,
  name,
  isWrapped,
  isSame,
  skipped,
  direct,
  recorded,
  warning,
}: Comparison): readonly string[] {
  const title = `${client}: ${name}${isWrapped ? "" : " (not wrapped yet)"}`;
  if (skipped !== undefined || !direct || !recorded) return [`note     ${title}: ${skipped}`];
  const same = isSame ? `same answers, ${direct.tools} tools` : "DIFFERENT answers";
  const state = isSame ? (direct.problem === undefined ? "ok" : "note") : "problem";
  return [
    `${state.padEnd(7)}  ${title}: ${direct.problem === undefined ? same : "fails with and without us"}`,
    `           direct    ${describeStart(direct)}`,
    `           recorded  ${describeStart(recorded)}`,
    ...(warning === undefined ? [] : [`           warning   ${warning}`]),
  ];
}

function describeStart({ startMs, memoryMiB, problem }: Start): string {
  if (problem !== undefined) return problem;
  return `${startMs} ms to the first answer, ${memoryMiB ?? "?"} MiB`;
}
