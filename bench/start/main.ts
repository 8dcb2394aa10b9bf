/**
 * What a wrapped entry adds to the start of a server: the time to the answer of `initialize`, as the
 * ratio to the same server without us. All in one run, in alternating order, each as a client would
 * start it: with the words of its own configuration file.
 *
 * `npm run bench:start [rounds]`; ends with 1 when a target is missed.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { install } from "../../packages/cli/src/install/install.ts";
import { fixed, markdown, median } from "../mcp-proxy/statistics.ts";
import { timeToInitialize } from "./initialize.ts";

const here = import.meta.dirname;
const rounds = Number(process.argv[2] ?? 25);
const SERVER = join(here, "server.mjs");
const PIPE = join(here, "../mcp-proxy/relays/node-pipe.cjs");

/** The targets are those of docs/decisions/0081. */
const KINDS = [
  { name: "node", words: [process.execPath, SERVER], target: 2.0 },
  {
    name: "npx",
    words: ["npx", "--no", "start-server"],
    target: 1.15,
  },
];

const root = mkdtempSync(join(tmpdir(), "caum-start-"));
process.on("exit", () => rmSync(root, { recursive: true, force: true }));
const env = { PATH: `${dirname(process.execPath)}:${process.env.PATH}`, HOME: root };

/** A project whose `npx start-server` is the same server. */
function project(): string {
  const folder = join(root, "project");
  mkdirSync(join(folder, "node_modules/.bin"), { recursive: true });
  symlinkSync(SERVER, join(folder, "node_modules/.bin/start-server"));
  writeFileSync(join(folder, "package.json"), '{"name":"start","private":true}');
  return folder;
}

/** The words of each entry after `caum install`. */
function wrapped(): ReadonlyMap<string, readonly string[]> {
  const file = join(root, ".cursor/mcp.json");
  mkdirSync(dirname(file));
  const entries = KINDS.map(({ name, words: [command, ...args] }) => [name, { command, args }]);
  writeFileSync(file, JSON.stringify({ mcpServers: Object.fromEntries(entries) }));
  const place = {
    platform: process.platform,
    home: root,
    env,
    folder: root,
    node: process.execPath,
  };
  install(
    { clients: [], project: false, dryRun: false },
    { ...place, caumHome: join(root, ".caum") },
  );
  const { mcpServers } = JSON.parse(readFileSync(file, "utf8"));
  return new Map(
    KINDS.map(({ name }) => [name, [mcpServers[name].command, ...mcpServers[name].args]]),
  );
}

async function measure(): Promise<void> {
  const cwd = project();
  const entries = wrapped();
  const rows: string[][] = [];
  let isMet = true;
  for (const { name, words, target } of KINDS) {
    const ways = new Map([
      ["plain", words],
      ["Node pipe", [process.execPath, PIPE, ...words]],
      ["wrapped", entries.get(name) ?? []],
    ]);
    const times = new Map([...ways.keys()].map((way) => [way, [] as number[]]));
    for (let round = 0; round < rounds; round++) {
      const order = round % 2 === 0 ? [...ways] : [...ways].reverse();
      for (const [way, command] of order) {
        times.get(way)?.push(await timeToInitialize(command, { env, cwd }));
      }
    }
    const plain = times.get("plain") ?? [];
    const ratio = (way: string) =>
      median((times.get(way) ?? []).map((time, round) => time / (plain[round] ?? Number.NaN)));
    const isGood = ratio("wrapped") <= target;
    isMet &&= isGood;
    rows.push([
      name,
      ...[...times.values()].map((values) => fixed(median(values), 1)),
      fixed(ratio("Node pipe"), 2),
      fixed(ratio("wrapped"), 2),
      fixed(target, 2),
      isGood ? "pass" : "FAIL",
    ]);
  }
  const head = [
    "server",
    "plain ms",
    "Node pipe ms",
    "wrapped ms",
    "pipe / plain",
    "wrapped / plain",
  ];
  console.log(markdown([...head, "target", ""], rows));
  console.log(`medians of ${rounds} rounds; a ratio is the median of the ratios of each round`);
  process.exitCode = isMet ? 0 : 1;
}

await measure();
