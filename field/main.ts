/**
 * `npm run field`: runs real coding agents against a scripted model and shows what is recorded.
 *
 * The clients come from npm into a folder below the system's temporary one and stay there. They run
 * in a network namespace with nothing but a loopback, each with a home of its own.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FIELD_CLIENTS, type FieldClient } from "./clients.ts";
import { runExporters } from "./exporters.ts";
import { compared, type Report } from "./report.ts";
import { runClient } from "./run-client.ts";
import { printTable, writeDocument } from "./table.ts";

const HELP = `usage: npm run field -- [CLIENT ...] [--write | --otel]

runs real coding agents against a scripted model, each in a home of its own, and compares what is
recorded with what is expected. Needs Linux with \`unshare\` and \`ip\`, root or user namespaces, and
npm for the first time. CLIENT: ${FIELD_CLIENTS.map(({ name }) => name).join(", ")}

  --otel    run those whose exporters tell of calls, with and without hooks, against a collector
  --write   also renew the columns of these clients in docs/clients.md

exit codes: 0 as expected, 1 some FAIL, 2 some ERROR or INCONCLUSIVE`;

/** Set in the process that runs in the namespace. */
const INSIDE = "CAUM_FIELD_INSIDE";

const words = process.argv.slice(2);
const clients = FIELD_CLIENTS.filter(
  ({ name }) => words.includes(name) || words.every((word) => word.startsWith("--")),
);
if (words.includes("--help")) console.log(HELP);
else if (process.env[INSIDE] !== undefined) await runAll(process.env[INSIDE] ?? "");
else process.exitCode = outside();

function outside(): number {
  const folder = installed(clients);
  const user = process.getuid?.() === 0 ? [] : ["--map-root-user"];
  const command = 'ip link set lo up && exec "$@"';
  const again = [process.execPath, ...process.execArgv, ...process.argv.slice(1)];
  const namespace = [...user, "--net", "sh", "-c", command, "sh", ...again];
  const env = { ...process.env, [INSIDE]: folder };
  return spawnSync("unshare", namespace, { env, stdio: "inherit" }).status ?? 2;
}

/** @returns the folder with the clients' packages */
function installed(wanted: readonly FieldClient[]): string {
  const folder = join(tmpdir(), "caum-field-clients");
  mkdirSync(folder, { recursive: true });
  if (!existsSync(join(folder, "package.json"))) {
    writeFileSync(join(folder, "package.json"), '{"private": true}\n');
  }
  const packages = wanted.map(({ packageName, version }) => `${packageName}@${version}`);
  console.log(`Installing ${packages.length} clients below ${folder} (once, about 1 GB) ...`);
  const flags = ["--no-audit", "--no-fund", "--loglevel=error", "--prefer-offline"];
  const done = spawnSync("npm", ["install", ...flags, ...packages], {
    cwd: folder,
    stdio: "inherit",
  });
  if (done.status !== 0) throw new Error("npm could not install the clients: see the lines above");
  return folder;
}

async function runAll(folder: string): Promise<void> {
  if (words.includes("--otel")) {
    const names = new Set(clients.map(({ name }) => name));
    process.exitCode = (await runExporters(names, folder)) ? 0 : 1;
    return;
  }
  const reports: Report[] = [];
  for (const client of clients) {
    console.log(`\n${client.title} ${client.version} ...`);
    const report = await reportOf(client, folder);
    reports.push(report);
    for (const line of report.lines) console.log(`  ${line}`);
  }
  printTable(reports);
  if (words.includes("--write")) writeDocument(reports);
  const verdicts = new Set(reports.map(({ verdict }) => verdict));
  process.exitCode = verdicts.has("FAIL") ? 1 : verdicts.size > 1 || !verdicts.has("PASS") ? 2 : 0;
}

async function reportOf(client: FieldClient, folder: string): Promise<Report> {
  try {
    const bin = (name: string) => join(folder, "node_modules", ".bin", name);
    return compared(client, await runClient(client, bin));
  } catch (problem) {
    const reason = problem instanceof Error ? problem.message : String(problem);
    return { client, facts: {}, verdict: "ERROR", lines: [`ERROR ${reason}`] };
  }
}
