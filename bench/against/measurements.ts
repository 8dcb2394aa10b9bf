/** The parts of the bench: each gives some rows of the table. */
import { join } from "node:path";
import { figuresOf as figuresOfCheckout } from "../alternate.ts";
import { fixed, median } from "../mcp-proxy/statistics.ts";
import { measureCollector, measurePostgres } from "./collector.ts";
import { measureHttpAdded } from "./http.ts";
import { figuresOf, hasLists, hasNumbers } from "./program.ts";
import { measureProxy, measureTwenty } from "./proxy.ts";
import { lessBy, ratiosOf } from "./spread.ts";
import type { Measured } from "./targets.ts";

export interface Question {
  /** The other checkout, built; an absolute path. */
  readonly against: string;
  readonly rounds: number;
  readonly tell: (progress: string) => void;
}

/** Rows by the name in the table of targets. */
export type Measurement = (question: Question) => Promise<ReadonlyMap<string, Measured>>;

export const MEASUREMENTS: Readonly<Record<string, Measurement>> = {
  collector: measureCollector,
  postgres: measurePostgres,
  proxy: measureProxy,
  twenty: measureTwenty,
  http: measureHttpAdded,
  observe: measureObserve,
  "model-clients": measureModelClients,
  verify: measureVerify,
  hook: measureHook,
};

const OBSERVED = hasNumbers("p50Us", "p99Us", "otherP50Us", "otherP99Us");

async function measureObserve({ against, rounds, tell }: Question) {
  const runs: Readonly<Record<"p50Us" | "p99Us" | "otherP50Us" | "otherP99Us", number>>[] = [];
  for (let round = 0; round < rounds; round += 1) {
    tell(`round ${round + 1} of ${rounds}`);
    runs.push(await figuresOf(["core/observe.ts", "--json", "--against", against], OBSERVED));
  }
  return new Map([
    [
      "observe(), 4 KB of text, p50 us",
      { now: runs.map((run) => run.p50Us), before: runs.map((run) => run.otherP50Us) },
    ],
    [
      "observe(), 4 KB of text, p99 us",
      { now: runs.map((run) => run.p99Us), before: runs.map((run) => run.otherP99Us) },
    ],
  ]);
}

const STREAMS = join(import.meta.dirname, "../model-clients/streams.ts");
const THIS_CHECKOUT = join(import.meta.dirname, "../..");

async function measureModelClients({ against, rounds, tell }: Question) {
  const now: Readonly<Record<string, number>>[] = [];
  const before: Readonly<Record<string, number>>[] = [];
  const turns = [
    { checkout: THIS_CHECKOUT, runs: now },
    { checkout: against, runs: before },
  ];
  for (let round = 0; round < rounds; round += 1) {
    tell(`round ${round + 1} of ${rounds}`);
    for (const { checkout, runs } of round % 2 === 0 ? turns : turns.toReversed()) {
      runs.push(await figuresOfCheckout(STREAMS, checkout));
    }
  }
  const rowOf = (name: string) => ({
    now: now.map((run) => run[`${name}, wrapped`] ?? Number.NaN),
    before: before.map((run) => run[`${name}, wrapped`] ?? Number.NaN),
    floor: now.map((run) => run[`${name}, bare`] ?? Number.NaN),
  });
  return new Map([
    [
      "wrapped model client, first token of a model that thinks 20 ms, ms",
      rowOf("first token of a thinking model ms"),
    ],
    [
      "wrapped model client, first token of a server that answers at once, ms",
      rowOf("first token ms"),
    ],
    ["wrapped model client, CPU ms a MB streamed", rowOf("CPU ms a MB")],
  ]);
}

const VERIFY_RECORDS = 1_000_000;

async function measureVerify({ against, rounds, tell }: Question) {
  tell(`${VERIFY_RECORDS.toLocaleString("en")} records`);
  const words = ["--records", String(VERIFY_RECORDS), "--rounds", String(rounds)];
  const { hash, ours, theirs } = await figuresOf(
    ["evidence/verify.ts", "--json", ...words, "--against", against],
    hasLists("hash", "ours", "theirs"),
  );
  const row = { now: ratiosOf(ours, hash), before: ratiosOf(theirs, hash) };
  return new Map([["caum verify, SHA-256 a record", row]]);
}

/** Hooks of one round of ours. */
const HOOKS_A_ROUND = 40;

async function measureHook({ against, rounds, tell }: Question) {
  const added = { now: [] as number[], before: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    tell(`round ${round + 1} of ${rounds}`);
    const { bare, ours, theirs } = await figuresOf(
      ["hook/main.ts", "--json", "--rounds", String(HOOKS_A_ROUND), "--against", against],
      hasLists("bare", "ours", "theirs"),
    );
    added.now.push(...lessBy([median(ours)], [median(bare)]));
    added.before.push(...lessBy([median(theirs)], [median(bare)]));
    tell(`adds ${fixed(added.now.at(-1) ?? Number.NaN, 1)} ms`);
  }
  return new Map([["caum hook, ms over an empty script", added]]);
}
