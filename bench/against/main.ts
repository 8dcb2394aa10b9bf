/** This checkout held against the build of another one: `npm run bench -- --against FOLDER`. */
import { readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { builtPackage } from "../built.ts";
import { tableOf, withRows } from "./document.ts";
import { MEASUREMENTS } from "./measurements.ts";
import { judge, type Row, TARGETS } from "./targets.ts";

const DOCUMENT = join(import.meta.dirname, "../../docs/benchmarks.md");
const HELP = `npm run bench -- --against FOLDER [--only NAME ...] [--rounds N] [--json]

Runs every bench that has an opponent, with this checkout and the one in FOLDER (built) in turns, prints a
table with ratios, ranges and targets, and writes it into docs/benchmarks.md.

  --against FOLDER  the other checkout, built
  --only NAME       one part, may be given again: ${Object.keys(MEASUREMENTS).join(", ")}
  --rounds N        rounds of each part (3)
  --json            print JSON in place of the table, and write nothing
  --help            this

What is under way goes to the standard error. Ends with 0 when all targets of what was measured are met, with 1
when one is not, and with 2 when something could not be measured.`;

process.exitCode = await main();

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      against: { type: "string" },
      only: { type: "string", multiple: true },
      rounds: { type: "string", default: "3" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const unknown = values.only?.find((name) => !(name in MEASUREMENTS));
  const rounds = Number(values.rounds);
  if (values.against === undefined || unknown !== undefined || !(rounds >= 1)) {
    console.error(unknown === undefined ? HELP : `no part is called ${unknown}\n\n${HELP}`);
    return 2;
  }
  // Says at once when it is no built checkout.
  builtPackage(values.against, "core");
  const names = values.only ?? Object.keys(MEASUREMENTS);
  const { rows, hasFailed } = await measure(names, resolve(values.against), rounds);
  if (values.json) console.log(JSON.stringify(rows, undefined, 2));
  else {
    console.log(`Node ${process.version}, ${cpus().length} cores, ${rounds} rounds`);
    console.log(`\n${tableOf(rows)}`);
    if (rows.length > 0) {
      writeFileSync(DOCUMENT, withRows(readFileSync(DOCUMENT, "utf8"), rows, TARGETS));
    }
  }
  return hasFailed ? 2 : rows.every(({ isMet }) => isMet) ? 0 : 1;
}

async function measure(names: readonly string[], against: string, rounds: number) {
  const rows: Row[] = [];
  let hasFailed = false;
  for (const name of names) {
    const tell = (progress: string) => {
      console.error(`${name}: ${progress} (load ${(loadavg()[0] ?? 0).toFixed(1)})`);
    };
    tell("begins");
    try {
      const measured = await MEASUREMENTS[name]?.({ against, rounds, tell });
      for (const target of TARGETS) {
        const figures = measured?.get(target.what);
        if (figures !== undefined) rows.push(judge(target, figures));
      }
    } catch (error) {
      hasFailed = true;
      tell(`not measured: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { rows, hasFailed };
}
