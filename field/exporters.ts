/** `npm run field -- --otel`: what the clients' own exporters tell, beside hooks and servers. */
import { join } from "node:path";
import { FIELD_CLIENTS, type FieldClient } from "./clients.ts";
import { type Exported, runExporter } from "./run-exporter.ts";

/** Clients whose exporters tell of calls, and in how many sessions hooks, server and exporter are. */
const EXPORTERS: Readonly<Record<string, number>> = {
  "claude-code": 1,
  codex: 1,
  // Its servers are not told the session.
  "gemini-cli": 2,
  "qwen-code": 1,
  "copilot-cli": 1,
};

/** @returns whether all is as expected */
export async function runExporters(names: ReadonlySet<string>, folder: string): Promise<boolean> {
  const bin = (name: string) => join(folder, "node_modules", ".bin", name);
  const rows: (readonly string[])[] = [];
  for (const client of FIELD_CLIENTS) {
    const sessions = EXPORTERS[client.name];
    if (sessions === undefined || !names.has(client.name)) continue;
    for (const hooks of [true, false]) {
      console.log(`${client.title} ${client.version} ${hooks ? "with" : "without"} hooks ...`);
      rows.push(rowOf(client, hooks, await runExporter(client, bin, hooks), sessions));
    }
  }
  for (const row of [HEAD, ...rows]) console.log(row.map((cell) => cell.padEnd(14)).join(""));
  return rows.length > 0 && rows.every(([verdict]) => verdict === "PASS");
}

const HEAD = ["", "client", "hooks", "sessions", "told", "judged", "once", "loop", "content"];

function rowOf(
  { name }: FieldClient,
  hooks: boolean,
  exported: Exported,
  sessions: number,
): readonly string[] {
  const { told, hooked, proxied, steps, isLoopFound, hasContent, layers } = exported;
  const most = Math.max(told, hooked);
  const isOnce = steps === (sessions === 1 ? most : most + proxied);
  const isTold = layers === (hooks ? "hook, mcp, telemetry" : "mcp, telemetry") && told > 0;
  const isSession = exported.sessions === sessions;
  const isWell = isOnce && isTold && isSession && isLoopFound && !hasContent;
  if (!isWell) console.log(`  ${JSON.stringify(exported)}`);
  const cells = [name, hooks ? "yes" : "no", `${exported.sessions}`, `${told}`, `${steps}`];
  const facts = [isOnce, isLoopFound].map((is) => (is ? "yes" : "no"));
  return [isWell ? "PASS" : "FAIL", ...cells, ...facts, hasContent ? "FOUND" : "none"];
}
