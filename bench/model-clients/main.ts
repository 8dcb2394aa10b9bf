/**
 * What wrapping a client costs: time per call, time to leave a stream, and memory after responses
 * that nobody read. Bare and wrapped take turns in one process, against a server in another.
 *
 *     npm run bench:model-clients
 *
 * With `-- --against FOLDER [--rounds 5]` beside another built checkout, in turns.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { parseArgs } from "node:util";
import OpenAI from "openai";
import { alternate, type Figures } from "../alternate.ts";
import { builtCore, builtPackage } from "../built.ts";
import { quantile } from "../mcp-proxy/statistics.ts";

const ROUNDS = 400;
const UNREAD = 10_000;
const MEBIBYTE = 1024 * 1024;
const QUESTION = { messages: [{ role: "user" as const, content: "How warm is it in Oslo?" }] };

/** Answers to different users have different ids, as those of a real server have. */
let users = 0;
const nextUser = () => `user-${users++}`;

type Clients = Readonly<Record<"bare" | "wrapped", OpenAI>>;
type Work = (client: OpenAI) => Promise<number>;

const { values: asked } = parseArgs({
  options: {
    against: { type: "string" },
    checkout: { type: "string", default: join(import.meta.dirname, "../..") },
    rounds: { type: "string", default: "5" },
  },
});

const create: Work = (client) =>
  timed(() => client.chat.completions.create({ model: "tools", user: nextUser(), ...QUESTION }));

/** A call is asked for, and answered in the next request. */
const exchange: Work = (client) =>
  timed(async () => {
    const about = { model: "tools", user: nextUser() };
    const { choices } = await client.chat.completions.create({ ...about, ...QUESTION });
    const asked = choices[0]?.message;
    const [call] = asked?.tool_calls ?? [];
    if (!asked || !call) throw new Error("the server asked for no call");
    const answer = { role: "tool", tool_call_id: call.id, content: "4 degrees" } as const;
    const messages = [...QUESTION.messages, asked, answer];
    await client.chat.completions.create({ ...about, messages });
  });

const stream: Work = (client) =>
  timed(async () => {
    const about = { model: "deltas", user: nextUser(), stream: true as const };
    for await (const _ of await client.chat.completions.create({ ...about, ...QUESTION }));
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

if (asked.against === undefined) {
  const figures = await measure(asked.checkout);
  if (process.send) process.send(figures);
  else for (const [name, value] of Object.entries(figures)) console.log(`${name}: ${value}`);
} else {
  console.log(await alternate(import.meta.filename, asked.against, Number(asked.rounds)));
}

async function measure(checkout: string): Promise<Figures> {
  const { createObserver } = await builtCore(checkout);
  const { wrapOpenAI }: typeof import("@caum/openai") = await import(
    builtPackage(checkout, "openai")
  );
  const server = fork(join(import.meta.dirname, "server.ts"));
  const [baseURL] = (await once(server, "message")) as [string];
  const home = mkdtempSync(join(tmpdir(), "caum-bench-"));
  const identity = { writer: "bench", writerVersion: "1", layer: "model", view: "full" } as const;
  const observer = createObserver({ ...identity, home, env: {}, upstream: false });
  const newClient = () => new OpenAI({ apiKey: "bench", baseURL, maxRetries: 0 });
  const options = { observer, quiet: true, session: "bench" };
  const clients = { bare: newClient(), wrapped: wrapOpenAI(newClient(), options) };
  const figures: Record<string, number> = {};
  for (const [name, work] of Object.entries({
    create,
    exchange,
    stream,
    "early break": earlyBreak,
  })) {
    Object.assign(figures, figuresOf(name, await compare(clients, work)));
  }
  for (const [name, client] of Object.entries(clients)) {
    figures[`${UNREAD} unread, ${name}: heap grew by MiB`] = await growth(client);
  }
  await observer.close();
  rmSync(home, { recursive: true, force: true });
  server.disconnect();
  return figures;
}

async function compare(clients: Clients, work: Work) {
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

type Times = Awaited<ReturnType<typeof compare>>;

function figuresOf(name: string, { bare, wrapped }: Times): Figures {
  const ratio = quantile(wrapped, 0.5) / quantile(bare, 0.5);
  return {
    [`${name}, bare p50 ms`]: quantile(bare, 0.5),
    [`${name}, wrapped p50 ms`]: quantile(wrapped, 0.5),
    [`${name}, wrapped p95 ms`]: quantile(wrapped, 0.95),
    [`${name}, wrapped by bare`]: ratio,
  };
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
