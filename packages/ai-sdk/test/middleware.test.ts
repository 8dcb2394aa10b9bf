import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { caumMiddleware, registerCaum } from "@caum/ai-sdk";
import { createObserver, type Observer } from "@caum/core";
import { generateText, isStepCount, streamText, wrapLanguageModel } from "ai";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventsOf, recordsIn, turnsIn } from "../../../test/records.ts";
import { answer, call, model, partsOf, says, streaming, toolOf } from "./scripted-model.ts";

const stopWhen = isStepCount(5);
const off = { isEnabled: false };
let home: string;
let observer: Observer;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "caum-middleware-"));
  const identity = { writer: "test", writerVersion: "1", layer: "model", view: "full" } as const;
  observer = createObserver({ ...identity, home, env: {} });
});

afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

async function seen(): Promise<string[]> {
  await observer.close();
  return eventsOf(recordsIn(home));
}

const scripted = () => model(answer(call("c1", "search", { q: "x" })), answer(says("done")));
const search = () => toolOf(({ q }) => ({ found: q }));
const wrapped = (used = scripted()) =>
  wrapLanguageModel({ model: used, middleware: caumMiddleware({ observer, quiet: true }) });

test("a bare model gives turns, requests, and outcomes from the next prompt", async () => {
  const options = { prompt: "hi", tools: { search: search() }, stopWhen, telemetry: off };
  const bare = await generateText({ ...options, model: scripted() });
  const observed = await generateText({ ...options, model: wrapped() });
  expect(observed.steps.map(({ content }) => content)).toEqual(
    bare.steps.map(({ content }) => content),
  );
  expect(await seen()).toEqual(["message user", "turn ok 1", "search ok", "turn ok"]);
});

test("a stream passes through part by part", async () => {
  const stream = async (used: ReturnType<typeof wrapped>) => {
    const result = streamText({ model: used, prompt: "hi", telemetry: off });
    const parts: unknown[] = [];
    for await (const part of result.textStream) parts.push(part);
    return { parts, usage: await result.totalUsage };
  };
  const used = () => streaming(partsOf(answer(says("hello"))));
  expect(await stream(wrapped(used() as never))).toEqual(await stream(used() as never));
  expect(await seen()).toEqual(["message user", "turn ok"]);
});

test("a stream that its reader leaves after the last part keeps its usage", async () => {
  const used = wrapped(streaming(partsOf(answer(says("hello")))) as never);
  const prompt = [{ role: "user" as const, content: [{ type: "text" as const, text: "hi" }] }];
  const reader = (await used.doStream({ prompt })).stream.getReader();
  for (let type = ""; type !== "finish"; ) type = (await reader.read()).value?.type ?? "";
  await reader.cancel();
  await observer.close();
  const records = recordsIn(home);
  expect(eventsOf(records)).toEqual(["message user", "turn ok"]);
  expect(turnsIn(records)).toMatchObject([{ inputTokens: 10, finishReason: "stop" }]);
});

test("a model that fails throws the same error", async () => {
  const boom = new Error("boom");
  const work = generateText({
    model: wrapped(model(boom)),
    prompt: "hi",
    maxRetries: 0,
    telemetry: off,
  });
  await expect(work).rejects.toBe(boom);
  expect(await seen()).toEqual(["message user", "turn error"]);
});

test("a core that throws at every call changes nothing", async () => {
  const broken = new Proxy({} as Observer, {
    get() {
      throw new Error("core is broken");
    },
  });
  const middleware = caumMiddleware({ observer: broken, quiet: true });
  const used = wrapLanguageModel({ model: scripted(), middleware });
  const options = { prompt: "hi", tools: { search: search() }, stopWhen, telemetry: off };
  expect((await generateText({ ...options, model: used })).text).toBe("done");
});

test("what registerCaum reports the middleware does not report again", async () => {
  const other = mkdtempSync(join(tmpdir(), "caum-middleware-"));
  const registration = registerCaum({ home: other, env: {}, quiet: true });
  await generateText({ model: wrapped(), prompt: "hi", tools: { search: search() }, stopWhen });
  await registration.close();
  expect(eventsOf(recordsIn(other))).toEqual(["message user", "turn ok 1", "search ok", "turn ok"]);
  expect(await seen()).toEqual([]);
  rmSync(other, { recursive: true, force: true });
});
