/** `npm run torture -- --minutes 20`: prints what was kept, and ends with 1 when a promise was not. */
import { parseArgs } from "node:util";
import { type Count, holds } from "./count.ts";
import { torture } from "./run.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "1" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    kind: { type: "string", multiple: true },
  },
});
const print = (line: string) => void process.stdout.write(`${line}\n`);
const COLUMNS = ["rounds", "acknowledged", "told", "lost", "doubled", "broken", "untold"] as const;
const EVERY_ROUNDS = 25;

const row = (name: string, cells: readonly unknown[]) =>
  `${name.padEnd(18)}${cells.map((cell) => String(cell).padStart(13)).join("")}`;
const rowOf = (name: string, count: Count) =>
  row(
    name,
    COLUMNS.map((column) => count[column]),
  );

print(`seed ${values.seed}`);
let rounds = 0;
const counts = await torture({
  minutes: Number(values.minutes),
  seed: Number(values.seed),
  kinds: values.kind,
  onRound(kind, sums) {
    rounds += 1;
    const count = sums[kind];
    if (count && !holds(count)) print(rowOf(`${kind} (${rounds})`, count));
    else if (rounds % EVERY_ROUNDS === 0) print(`${rounds} rounds`);
  },
});
print(row("", COLUMNS));
for (const [kind, count] of Object.entries(counts)) print(rowOf(kind, count));
process.exitCode = Object.values(counts).every(holds) ? 0 : 1;
