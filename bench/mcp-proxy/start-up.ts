/** From the start of the process to the first answer, and what Node alone takes. */
import { spawn } from "node:child_process";
import {
  DIRECT,
  ECHO_SERVER,
  EMPTY_SCRIPT,
  NODE_PIPE,
  OURS,
  OURS_SILENT,
  type Relay,
  STDIO_RELAYS,
  THEIRS,
} from "./relays.ts";
import { fixed, markdown, median } from "./statistics.ts";
import { StdioClient } from "./stdio-client.ts";

const RELAYS: readonly Relay[] = [
  DIRECT,
  NODE_PIPE,
  OURS_SILENT,
  OURS,
  ...THEIRS,
  ...STDIO_RELAYS.slice(-1),
];

/** @returns the table, and what an empty Node script takes in the same rounds */
export async function measureStartUp(rounds: number): Promise<string> {
  const times = new Map(RELAYS.map((relay) => [relay, [] as number[]]));
  const empty: number[] = [];
  for (let round = 0; round < rounds; round++) {
    empty.push(await timeOfEmptyScript());
    for (const [relay, values] of times) values.push(await timeToFirstAnswer(relay));
  }
  const direct = times.get(DIRECT) ?? [];
  const rows = [...times].map(([{ name }, values]) => {
    const added = median(values.map((value, round) => value - (direct[round] ?? 0)));
    return [name, fixed(median(values), 1), fixed(added, 1), fixed(added - median(empty), 1)];
  });
  rows.push(["an empty Node script", fixed(median(empty), 1), "", ""]);
  return markdown(["relay", "to first answer ms", "added", "added over an empty script"], rows);
}

async function timeToFirstAnswer(relay: Relay): Promise<number> {
  const startedAt = performance.now();
  const client = new StdioClient(relay.around(ECHO_SERVER));
  await client.call();
  const time = performance.now() - startedAt;
  await client.close();
  return time;
}

function timeOfEmptyScript(): Promise<number> {
  const [file = "", ...words] = EMPTY_SCRIPT;
  const startedAt = performance.now();
  return new Promise((resolve) => {
    spawn(file, words, { stdio: "ignore" }).on("exit", () => {
      resolve(performance.now() - startedAt);
    });
  });
}
