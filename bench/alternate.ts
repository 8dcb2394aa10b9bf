/** Two built checkouts measured in turns, each time in a process of its own. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fixed, markdown } from "./mcp-proxy/statistics.ts";

/** What a program measures: names of rows, to figures of which less is better. */
export type Figures = Readonly<Record<string, number>>;

const THIS_CHECKOUT = join(import.meta.dirname, "..");

/**
 * Runs a program on this checkout and on another one, `rounds` times each.
 *
 * @param program is given the folder to load packages from as `--checkout`, and sends its `Figures`
 * @returns a table of the least that each run of a checkout measured, and their ratios: what else
 *   runs on the machine only ever adds
 */
export async function alternate(program: string, other: string, rounds: number): Promise<string> {
  const ours: Figures[] = [];
  const theirs: Figures[] = [];
  const turns = [
    { checkout: THIS_CHECKOUT, runs: ours },
    { checkout: other, runs: theirs },
  ];
  for (let round = 0; round < rounds; round++) {
    // Who comes first alternates, too.
    for (const { checkout, runs } of round % 2 === 0 ? turns : turns.toReversed()) {
      runs.push(await figuresOf(program, checkout));
    }
  }
  const rows = Object.keys(ours[0] ?? {}).map((name) => {
    const [here, there] = [leastOf(ours, name), leastOf(theirs, name)];
    return [name, fixed(here, 2), fixed(there, 2), fixed(here / there, 2)];
  });
  return markdown(["least of all runs", "this checkout", "the other", "ratio"], rows);
}

function leastOf(runs: readonly Figures[], name: string): number {
  return Math.min(...runs.map((run) => run[name] ?? Number.NaN));
}

/** What a program measures on one checkout, in a process of its own. */
export async function figuresOf(program: string, checkout: string): Promise<Figures> {
  const child = fork(program, ["--checkout", checkout]);
  const ended = once(child, "exit");
  const sent = once(child, "message");
  const [first] = await Promise.race([sent, ended]);
  if (typeof first !== "object") throw new Error(`${program}: ended with ${first} and no figures`);
  await ended;
  return first;
}
