/**
 * How fast `caum lookback` reads, beside the least that reading lines of JSON can cost:
 * `npm run bench:histories [-- --mb 1024]`.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { generate } from "./generate.ts";

const { values } = parseArgs({ options: { mb: { type: "string", default: "1024" } } });
const MAIN = join(import.meta.dirname, "../../packages/cli/dist/main.js");
const FLOOR = join(import.meta.dirname, "parse-lines.mjs");
const MEMORY = join(import.meta.dirname, "tell-memory.mjs");
/** What must hold for 1 GB. */
const MOST_SECONDS = 60;
const MOST_MB = 250;
const LEAST_RATIO = 0.5;

const folder = mkdtempSync(join(tmpdir(), "caum-bench-histories-"));
try {
  const made = generate(folder, Number(values.mb) * 1_048_576);
  const mb = made.bytes / 1e6;
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".jsonl"))
    .map((name) => join(folder, name));
  print(`${mb.toFixed(0)} MB, ${made.sessions} sessions, ${made.calls} calls`);
  const count = timed("wc", ["-l", ...files]);
  const parse = timed(process.execPath, [FLOOR, folder]);
  const read = timed(process.execPath, ["--import", MEMORY, MAIN, "lookback", "--json", folder]);
  const found = JSON.parse(read.out);
  if (found.all.calls !== made.calls) throw new Error(`${found.all.calls} calls were read`);
  const floor = mb / (count.seconds + parse.seconds);
  const rate = mb / read.seconds;
  const peakMb = Number(/peak (\d+)/.exec(read.err)?.[1]) / 1e6;
  print(
    `wc -l and JSON.parse of each line  ${(count.seconds + parse.seconds).toFixed(1)} s  ${floor.toFixed(0)} MB/s`,
  );
  print(
    `caum lookback                      ${read.seconds.toFixed(1)} s  ${rate.toFixed(0)} MB/s  peak ${peakMb.toFixed(0)} MB`,
  );
  const perGb = (read.seconds * 1_073.7) / mb;
  const isMet = rate / floor >= LEAST_RATIO && peakMb < MOST_MB && perGb < MOST_SECONDS;
  print(
    `ratio ${(rate / floor).toFixed(2)} (at least ${LEAST_RATIO}), ${perGb.toFixed(1)} s for 1 GiB (under ${MOST_SECONDS}), peak under ${MOST_MB} MB: ${isMet ? "holds" : "DOES NOT HOLD"}`,
  );
  if (!isMet) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}

function timed(command: string, words: readonly string[]) {
  const start = performance.now();
  const { stdout, stderr, status } = spawnSync(command, words, {
    encoding: "utf8",
    maxBuffer: 1e9,
  });
  if (status !== 0) throw new Error(`${command} ended with ${status}: ${stderr}`);
  return { seconds: (performance.now() - start) / 1_000, out: stdout, err: stderr };
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
