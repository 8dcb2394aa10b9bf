/** How long our own processes take to end after SIGTERM, beside a Node process of nobody. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type OwnProcess,
  startCollectorCommand,
  startHttpProxy,
  startPlain,
  startStdioProxy,
  terminate,
} from "../../test/own-processes.ts";

const ROUNDS = 7;

console.log("SIGTERM to exit                     median ms   longest ms");
await measure("a Node process of nobody", startPlain);
await measure("stdio proxy, upload hangs", startStdioProxy);
await measure("HTTP proxy, upload hangs", startHttpProxy);
await measure("caum up, request unfinished", startCollectorCommand);
process.exit(0);

async function measure(name: string, start: (home: string) => Promise<OwnProcess>): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const home = mkdtempSync(join(tmpdir(), "caum-bench-ends-"));
    times.push((await terminate(await start(home))).milliseconds);
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  }
  times.sort((left, right) => left - right);
  const median = times[Math.floor(ROUNDS / 2)] ?? 0;
  const longest = times.at(-1) ?? 0;
  console.log(
    `${name.padEnd(36)}${median.toFixed(0).padStart(9)}${longest.toFixed(0).padStart(13)}`,
  );
}
