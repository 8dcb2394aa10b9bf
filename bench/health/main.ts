/** How well loops are found, by us and by others: `npm run bench:health [-- --traces FOLDER]`. */
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { caum } from "./detector.ts";
import { evaluate } from "./evaluate.ts";
import { bytesPerSession } from "./memory.ts";
import { peers } from "./peers.ts";
import { detectorTable, failureTable, groupTable } from "./table.ts";
import { readTraceSet, type Sight } from "./trace-set.ts";

// Memory is only known after a collection.
setFlagsFromString("--expose-gc");
globalThis.gc ??= runInNewContext("gc");

const OURS = fileURLToPath(new URL("data", import.meta.url));
const SIGHTS: readonly Sight[] = ["full", "no arguments", "no results", "labels only"];

const { values } = parseArgs({ options: { traces: { type: "string" } } });
const folder = values.traces ?? process.env.CAUM_TRACES ?? OURS;
const print = (text: string) => process.stdout.write(`${text}\n`);

for (const sight of SIGHTS) {
  const traces = readTraceSet(folder, sight);
  // The first run warms the engine up; the times of the second count.
  evaluate(caum, traces);
  const ours = evaluate(caum, traces);
  const others = sight === "no results" ? [] : peers.map((peer) => evaluate(peer, traces));
  print(`== ${sight}\n\n${detectorTable([ours, ...others])}`);
  if (sight !== "full") continue;
  print(`CAUM by group\n\n${groupTable(ours)}`);
  print(`failure_risk by source\n\n${failureTable(ours)}`);
}
const bytes = bytesPerSession(readTraceSet(folder, "full"));
print(`memory: ${(bytes / 1_024).toFixed(1)} KB a session, 10,000 sessions of 100 events each`);
print(`yardstick: one SHA-256 of 512 bytes takes ${sha256Us().toFixed(1)} us (median)`);

function sha256Us(): number {
  const line = Buffer.alloc(512, 0x61);
  const times = Array.from({ length: 20_000 }, () => {
    const before = process.hrtime.bigint();
    createHash("sha256").update(line).digest("hex");
    return Number(process.hrtime.bigint() - before);
  });
  return (times.sort((a, b) => a - b)[times.length / 2] ?? 0) / 1_000;
}
