/**
 * What the proxy costs, in ratios within one run: `npm run bench:proxy [-- --rounds 7] [part ...]`,
 * with `--against FOLDER` also what it costs as built in another checkout.
 * Parts: stdio, large-arguments, throughput, start-up, memory, sdk, http; and, only when asked for,
 * peers, which installs other bridges from npm into a temporary folder.
 */
import { cpus, loadavg } from "node:os";
import { measureHttp } from "./http.ts";
import { measureMemory } from "./memory.ts";
import { measurePeers } from "./peers.ts";
import { measureSdk } from "./sdk.ts";
import { measureStartUp } from "./start-up.ts";
import { measureLatency, measureThroughput } from "./stdio.ts";

const SMALL_ARGUMENT_BYTES = 20;
const LARGE_ARGUMENT_BYTES = 5_000;
/** A start is short and its time scatters. */
const START_UPS_PER_ROUND = 4;

const words = process.argv.slice(2);
const at = words.indexOf("--rounds");
const rounds = at < 0 ? 5 : Number(words[at + 1]);
const wanted = words.filter((word, index) => !isOption(word) && !isOption(words[index - 1]));

function isOption(word: string | undefined): boolean {
  return word === "--rounds" || word === "--against";
}

const PARTS: Readonly<Record<string, readonly [title: string, run: () => Promise<string>]>> = {
  stdio: ["Small calls over stdio", () => measureLatency(rounds, SMALL_ARGUMENT_BYTES)],
  "large-arguments": [
    "Calls with 5 KB of arguments over stdio",
    () => measureLatency(rounds, LARGE_ARGUMENT_BYTES),
  ],
  throughput: ["Answers of several sizes over stdio", () => measureThroughput(rounds)],
  "start-up": ["Start-up", () => measureStartUp(rounds * START_UPS_PER_ROUND)],
  memory: ["Memory", measureMemory],
  sdk: ["The official client and server over stdio", () => measureSdk(rounds)],
  http: ["HTTP", () => measureHttp(rounds)],
  peers: ["Bridges from npm", () => measurePeers(rounds)],
};
const ONLY_WHEN_ASKED = ["peers"];

const load = loadavg().map((value) => value.toFixed(1));
console.log(
  `Node ${process.version}, ${cpus().length} cores, load ${load.join(" ")}, ${rounds} rounds`,
);
for (const [name, [title, run]] of Object.entries(PARTS)) {
  if (wanted.length > 0 ? !wanted.includes(name) : ONLY_WHEN_ASKED.includes(name)) continue;
  console.log(`\n### ${title}\n\n${await run()}`);
}
