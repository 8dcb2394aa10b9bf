/** `npm start`: three agents behind the proxy, what is seen of them, and the proof of it. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { agents, type Call, play } from "./agents.ts";
import { verdictOf } from "./closing.ts";
import { tableHead, tableRow } from "./table.ts";
import { RunWatcher } from "./watch.ts";

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
for (const run of watcher.runs) console.log(verdictOf(run));

/** One call beside its record, so that a person sees what stays and what does not. */
function showWhatIsKept(line: string): void {
  console.log("\n  what the agent sent and got (stays in the agent):");
  console.log(indent(JSON.stringify({ ...example?.call, answer: example?.answer })));
  console.log("  what CAUM kept of it (the exact record, the only thing on the disk):");
  console.log(`${indent(line)}\n`);
}

function indent(text: string): string {
  return (text.match(/.{1,108}/gu) ?? []).map((part) => `    ${part}`).join("\n");
}
