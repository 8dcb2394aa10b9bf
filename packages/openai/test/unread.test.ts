import { setImmediate } from "node:timers/promises";
import { createObserver } from "@caum/core";
import OpenAI from "openai";
import { expect, test } from "vitest";
import { wrapOpenAI } from "../src/index.ts";

/** Bodies that stay would show; bench/model-clients does it with a real server. */
const QUESTION = { model: "m", messages: [{ role: "user" as const, content: "hello" }] };
const CALLS = 10_000;
const BODY_BYTES = 20_000;
/** What stays of a call is its place among the open ones: a few ids. */
const MAX_BYTES_PER_CALL = 4_000;

test("10,000 responses that nobody reads leave no bodies behind and reject nothing", async () => {
  const observer = createObserver({
    writer: "test",
    writerVersion: "1",
    layer: "model",
    view: "full",
    home: "/dev/null/x",
    env: {},
    onProblem: () => {},
  });
  const rejections: unknown[] = [];
  const note = (reason: unknown) => rejections.push(reason);
  process.on("unhandledRejection", note);
  let alive = 0;
  const ended = new FinalizationRegistry(() => {
    alive -= 1;
  });
  const answer = async () => {
    const response = new Response(new Uint8Array(BODY_BYTES), {
      headers: { "content-type": "application/json" },
    });
    alive += 1;
    ended.register(response, undefined);
    return response;
  };
  const options = { apiKey: "test", baseURL: "http://localhost/v1", fetch: answer };
  const client = wrapOpenAI(new OpenAI(options), { observer, quiet: true });
  await client.chat.completions.create(QUESTION).asResponse();
  const before = await settledHeap();
  for (let call = 0; call < CALLS; call += 1) {
    await client.chat.completions.create(QUESTION).asResponse();
  }
  const grown = (await settledHeap()) - before;
  process.off("unhandledRejection", note);
  expect(rejections).toEqual([]);
  expect(alive).toBeLessThan(CALLS / 100);
  expect(grown / CALLS).toBeLessThan(MAX_BYTES_PER_CALL);
});

/** Bytes in use after everything that can be freed was freed. */
async function settledHeap(): Promise<number> {
  const { gc } = await exposedGc();
  for (let round = 0; round < 4; round += 1) {
    gc();
    await setImmediate();
  }
  const { heapUsed, external, arrayBuffers } = process.memoryUsage();
  return heapUsed + external + arrayBuffers;
}

async function exposedGc(): Promise<{ gc: () => void }> {
  const { setFlagsFromString } = await import("node:v8");
  const { runInNewContext } = await import("node:vm");
  setFlagsFromString("--expose-gc");
  return { gc: runInNewContext("gc") };
}
