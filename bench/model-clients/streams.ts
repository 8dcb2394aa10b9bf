/**
 * What wrapping a client adds to a stream: until its first token, and processor time for each MB. Bare and
 * wrapped take turns in one process, against a server in another.
 *
 *     node bench/model-clients/streams.ts [--against FOLDER] [--rounds 5]
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import OpenAI from "openai";
import { alternate, type Figures } from "../alternate.ts";
import { builtCore, builtPackage } from "../built.ts";
import { median } from "../mcp-proxy/statistics.ts";

const FIRST_TOKENS = 600;
const WARM_UP = 150;
/** No model says its first word sooner. */
const THINK_MS = 20;
const THOUGHTS = 150;
/** About 2 MB. */
const LONG_TOKENS = 10_000;
const LONG_STREAMS = 24;
const QUESTION = { messages: [{ role: "user" as const, content: "How warm is it in Oslo?" }] };
const MEGABYTE = 1_000_000;
/** What an event takes around its token. */
const CHUNK_BYTES = 176;

const { values: asked } = parseArgs({
  options: {
    against: { type: "string" },
    checkout: { type: "string", default: join(import.meta.dirname, "../..") },
    rounds: { type: "string", default: "5" },
  },
});

if (asked.against === undefined) {
  const figures = await measure(asked.checkout);
  if (process.send) process.send(figures);
  else for (const [name, value] of Object.entries(figures)) console.log(`${name}: ${value}`);
} else {
  console.log(await alternate(import.meta.filename, asked.against, Number(asked.rounds)));
}

type Clients = Readonly<Record<"bare" | "wrapped", OpenAI>>;

async function measure(checkout: string): Promise<Figures> {
  const { createObserver } = await builtCore(checkout);
  const { wrapOpenAI }: typeof import("@caum/openai") = await import(
    builtPackage(checkout, "openai")
  );
  const server = fork(join(import.meta.dirname, "stream-server.ts"));
  const [baseURL]: string[] = await once(server, "message");
  const home = mkdtempSync(join(tmpdir(), "caum-bench-"));
  const identity = { writer: "bench", writerVersion: "1", layer: "model", view: "full" } as const;
  const observer = createObserver({ ...identity, home, env: {}, upstream: false });
  const newClient = () => new OpenAI({ apiKey: "bench", baseURL, maxRetries: 0 });
  const options = { observer, quiet: true, session: "bench" };
  const clients = { bare: newClient(), wrapped: wrapOpenAI(newClient(), options) };
  const first = await inTurns(clients, WARM_UP + FIRST_TOKENS, firstTokenMs("tokens-20"));
  const thinking = firstTokenMs(`tokens-20-after-${THINK_MS}`);
  const thought = await inTurns(clients, THOUGHTS, thinking);
  const long = await inTurns(clients, LONG_STREAMS, processorMsOfMegabyte);
  await observer.close();
  rmSync(home, { recursive: true, force: true });
  server.disconnect();
  const half = LONG_STREAMS / 2;
  return {
    "first token ms, bare": median(first.bare.slice(WARM_UP)),
    "first token ms, wrapped": median(first.wrapped.slice(WARM_UP)),
    "first token of a thinking model ms, bare": median(thought.bare),
    "first token of a thinking model ms, wrapped": median(thought.wrapped),
    "CPU ms a MB, bare": median(long.bare.slice(half)),
    "CPU ms a MB, wrapped": median(long.wrapped.slice(half)),
  };
}

async function inTurns(clients: Clients, rounds: number, work: (of: OpenAI) => Promise<number>) {
  const figures = { bare: [] as number[], wrapped: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    // Who comes first alternates, too: what the one leaves behind, the other one finds.
    const order = ["bare", "wrapped"] as const;
    for (const name of round % 2 === 0 ? order : order.toReversed()) {
      figures[name].push(await work(clients[name]));
    }
  }
  return figures;
}

function firstTokenMs(model: string): (client: OpenAI) => Promise<number> {
  const body = { model, ...QUESTION, stream: true as const };
  return async (client) => {
    const from = performance.now();
    let first = 0;
    for await (const _ of await client.chat.completions.create(body)) first ||= performance.now();
    return first - from;
  };
}

async function processorMsOfMegabyte(client: OpenAI): Promise<number> {
  const before = process.cpuUsage();
  let bytes = 0;
  const body = { model: `tokens-${LONG_TOKENS}`, ...QUESTION, stream: true as const };
  for await (const chunk of await client.chat.completions.create(body)) {
    bytes += CHUNK_BYTES + (chunk.choices[0]?.delta.content?.length ?? 0);
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / (bytes / MEGABYTE);
}
