/**
 * What wrapping a client costs: time per call, time to leave a stream, and memory after responses
 * that nobody read. Bare and wrapped take turns in one process, against a server in another.
 *
 *     node --expose-gc --conditions=@caum/source bench/model-clients/main.ts
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { createObserver } from "@caum/core";
import { wrapOpenAI } from "@caum/openai";
import OpenAI from "openai";

const ROUNDS = 400;
const UNREAD = 10_000;
const MEBIBYTE = 1024 * 1024;
const QUESTION = { messages: [{ role: "user" as const, content: "How warm is it in Oslo?" }] };

const server = fork(join(import.meta.dirname, "server.ts"));
const [baseURL] = (await once(server, "message")) as [string];
const home = mkdtempSync(join(tmpdir(), "caum-bench-"));
const identity = { writer: "bench", writerVersion: "1", layer: "model", view: "full" } as const;
const observer = createObserver({ ...identity, home, env: {}, upstream: false });
const newClient = () => new OpenAI({ apiKey: "bench", baseURL, maxRetries: 0 });
const clients = {
  bare: newClient(),
  wrapped: wrapOpenAI(newClient(), { observer, quiet: true, session: "bench" }),
};

type Work = (client: OpenAI) => Promise<number>;

const create: Work = (client) =>
  timed(() => client.chat.completions.create({ model: "tools", ...QUESTION }));

const stream: Work = (client) =>
  timed(async () => {
    const body = { model: "deltas", ...QUESTION, stream: true as const };
    for await (const _ of await client.chat.completions.create(body));
  });

/** From the second chunk, while the server is silent, to the line after the loop. */
const earlyBreak: Work = async (client) => {
  const body = { model: "held", ...QUESTION, stream: true as const };
  let seen = 0;
  let left = 0;
  for await (const _ of await client.chat.completions.create(body)) {
    seen += 1;
    left = performance.now();
    if (seen === 2) break;
  }
  return performance.now() - left;
};

for (const [name, work] of Object.entries({ create, stream, earlyBreak })) {
  const times = await compare(work);
  console.log(
    `${name.padEnd(12)} ${describe("bare", times.bare)}  ${describe("wrapped", times.wrapped)}`,
  );
}
for (const [name, client] of Object.entries(clients)) {
  console.log(`unread x ${UNREAD}, ${name}: heap grew ${(await growth(client)).toFixed(1)} MiB`);
}
await observer.close();
rmSync(home, { recursive: true, force: true });
server.disconnect();

async function compare(work: Work) {
  const times = { bare: [] as number[], wrapped: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    times.bare.push(await work(clients.bare));
    times.wrapped.push(await work(clients.wrapped));
  }
  return times;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

function describe(name: string, times: readonly number[]): string {
  const sorted = times.toSorted((one, other) => one - other);
  const at = (share: number) => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(2);
  return `${name} p50 ${at(0.5)} p95 ${at(0.95)} ms`;
}

async function growth(client: OpenAI): Promise<number> {
  const before = await settled();
  for (let call = 0; call < UNREAD; call += 1) {
    await client.chat.completions.create({ model: "plain", ...QUESTION }).asResponse();
  }
  return ((await settled()) - before) / MEBIBYTE;
}

async function settled(): Promise<number> {
  for (let round = 0; round < 4; round += 1) {
    globalThis.gc?.();
    await setImmediate();
  }
  return process.memoryUsage().heapUsed;
}
