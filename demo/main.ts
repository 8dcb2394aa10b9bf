/** `npm start`: three agents behind the proxy, what is seen of them, and the proof of it. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadWriterKey } from "@caum/core";
import { parseVerifierKey, verifyBundle } from "@caum/core/verify";
import { agents, type Call, play } from "./agents.ts";
import { tableHead, tableRow } from "./table.ts";
import { verdictOf } from "./verdict.ts";
import { RunWatcher, type WatchedRun } from "./watch.ts";

const PAUSE_MS = 200;
const READ_EVERY_MS = 50;

parseArgs({ options: { once: { type: "boolean" } } });
const colour = process.stdout.isTTY && !process.env.NO_COLOR;
const home = mkdtempSync(join(tmpdir(), "caum-demo-"));
let example: { readonly call: Call; readonly answer: unknown } | undefined;

console.log("Three agents call a real MCP server through caum-mcp-proxy.\n");
console.log(tableHead());

const watcher = new RunWatcher(home, (record, assessment, line) => {
  console.log(tableRow(record, assessment, colour));
  if (record.agentId === "helper" && assessment.step === 1) showWhatIsKept(line);
});
const reading = setInterval(() => watcher.read(), READ_EVERY_MS);
await Promise.all(
  agents.map((agent) =>
    play(agent, home, PAUSE_MS, (call, answer) => {
      if (agent.name === "helper") example ??= { call, answer };
    }),
  ),
);
clearInterval(reading);
watcher.read();
showEnd();

/** One call beside its record, so that a person sees what stays and what does not. */
function showWhatIsKept(line: string): void {
  console.log("\n  what the agent sent and got (stays with the agent):");
  console.log(wrapped(JSON.stringify({ ...example?.call, answer: example?.answer })));
  console.log("  what CAUM kept of it (this record, and nothing else):");
  console.log(`${wrapped(line)}\n`);
}

/** A line per agent, and how to check one of them without us. */
function showEnd(): void {
  const { vkey } = loadWriterKey({ home });
  const keys = [parseVerifierKey(vkey)];
  const runs = agents.flatMap(({ name }) => watcher.runs.filter((run) => nameOf(run) === name));
  console.log("");
  for (const run of runs) {
    const { verdict } = verifyBundle(run.folder, { keys });
    console.log(`${nameOf(run).padEnd(7)}  ${verdictOf(run)} | proof ${verdict}`);
  }
  const [stuck] = runs.filter((run) => nameOf(run) === "stuck");
  const records = runs.reduce((sum, run) => sum + run.records.length, 0);
  console.log("\nEvery verdict is observe_only, allowed_to_block=false.");
  console.log(`${records} records in ${join(home, "runs")}`);
  console.log(`chain head of stuck: ${stuck?.head}\n`);
  console.log("Check it yourself, offline, with the writer's public key:\n");
  console.log(`  npx caum verify ${stuck?.folder} --key ${vkey}`);
}

function nameOf(run: WatchedRun): string {
  return run.records[0]?.agentId ?? "";
}

function wrapped(text: string): string {
  return (text.match(/.{1,108}/gu) ?? []).map((part) => `    ${part}`).join("\n");
}
