import { expect, test } from "vitest";
import type { ModelRequest } from "../../src/wire/dialects/model-turn.ts";
import type { ModelCallOutcome } from "../../src/wire/model-call.ts";
import type { ModelListener } from "../../src/wire/model-listener.ts";
import { ModelWire } from "../../src/wire/model-wire.ts";
import type { SentRequest } from "../../src/wire/sent-request.ts";

const SCOPE = { loose: "s" };

function wireWith(listener: Partial<Pick<ModelListener, "onRequest" | "onFailure">> = {}) {
  const requests: (ModelRequest | undefined)[] = [];
  const outcomes: ModelCallOutcome[] = [];
  const time = { now: 0 };
  const heard = {
    onRequest: (_: unknown, request: ModelRequest | undefined) => {
      requests.push(request);
      return (outcome: ModelCallOutcome) => void outcomes.push(outcome);
    },
    onFailure: () => {},
    ...listener,
  };
  // What the wire calls of a listener.
  const wire = new ModelWire(heard as unknown as ModelListener, () => time.now);
  return { wire, requests, outcomes, time };
}

function sent(
  body: unknown,
  headers: Record<string, string> = {},
  more: Partial<SentRequest> = {},
) {
  const url = "https://host/v1/chat/completions";
  return {
    url,
    method: "POST",
    headers: new Headers(headers),
    body: JSON.stringify(body),
    ...more,
  };
}

function answered(text = "hello"): Response {
  const message = { role: "assistant", content: text };
  return Response.json({ id: "r", choices: [{ message, finish_reason: "stop" }] });
}

const lost = () => Promise.reject(new TypeError("fetch failed"));

test("the response and the promise of another request pass as they are", async () => {
  const { wire, requests, outcomes } = wireWith();
  const response = answered();
  expect(await wire.pass(sent({ model: "m" }), async () => response, SCOPE)).toBe(response);
  const other = answered();
  const embeddings = sent({}, {}, { url: "https://host/v1/embeddings" });
  expect(await wire.pass(embeddings, async () => other, SCOPE)).toBe(other);
  expect(Object.getOwnPropertyNames(other)).toEqual([]);
  await response.json();
  expect([requests.length, outcomes.map(({ status }) => status)]).toEqual([1, ["ok"]]);
});

test("the request is sent before it is read", async () => {
  const order: string[] = [];
  const { wire } = wireWith({
    onRequest: () => {
      order.push("read");
      return () => {};
    },
  });
  const send = async () => {
    order.push("sent");
    return answered();
  };
  await wire.pass(sent({}), send, SCOPE);
  expect(order).toEqual(["sent", "read"]);
});

test("a listener that throws at every call is not felt", async () => {
  const broken = () => {
    throw new Error("broken");
  };
  for (const listener of [{ onRequest: broken }, { onRequest: () => broken }]) {
    const { wire } = wireWith({ ...listener, onFailure: broken });
    const response = await wire.pass(sent({}), async () => answered("x"), SCOPE);
    expect(await response.json()).toMatchObject({ id: "r" });
    await expect(wire.pass(sent({}), lost, SCOPE)).rejects.toThrow("fetch failed");
    wire.settle();
  }
});

test("a retry joins its call by its bytes, and takes its time from the first attempt", async () => {
  const { wire, requests, outcomes, time } = wireWith();
  await expect(wire.pass(sent({ a: 1 }), lost, SCOPE)).rejects.toThrow();
  time.now = 40;
  const retry = sent({ a: 1 }, { "X-Stainless-Retry-Count": "1" });
  await (await wire.pass(retry, async () => answered(), SCOPE)).text();
  expect(requests).toHaveLength(1);
  expect(outcomes).toMatchObject([{ status: "ok", durationMs: 40 }]);
  await (await wire.pass({ ...retry, body: "{}" }, async () => answered(), SCOPE)).text();
  expect(requests).toHaveLength(2);
});

test("equal requests at once are calls of their own, and so are their retries", async () => {
  const { wire, requests, outcomes } = wireWith();
  await Promise.allSettled([wire.pass(sent({}), lost, SCOPE), wire.pass(sent({}), lost, SCOPE)]);
  const retry = sent({}, { "x-stainless-retry-count": "1" });
  for (let call = 0; call < 2; call += 1) {
    await (await wire.pass(retry, async () => answered(), SCOPE)).text();
  }
  wire.settle();
  expect([requests.length, outcomes.map(({ status }) => status)]).toEqual([2, ["ok", "ok"]]);
});

test("a lost connection says how it was lost when nobody tries again", async () => {
  const { wire, outcomes, time } = wireWith();
  await expect(wire.pass(sent({ a: 1 }), lost, SCOPE)).rejects.toThrow();
  expect(outcomes).toEqual([]);
  const signal = AbortSignal.abort();
  await expect(wire.pass(sent({ a: 2 }, {}, { signal }), lost, SCOPE)).rejects.toThrow();
  const late = async () => {
    await Promise.resolve();
    time.now += 5_000;
    return lost();
  };
  const limited = sent({ a: 3 }, { "x-stainless-timeout": "5" }, { signal });
  await expect(wire.pass(limited, late, SCOPE)).rejects.toThrow();
  wire.settle();
  expect(outcomes.map(({ status }) => status)).toEqual(["error", "cancelled", "timeout"]);
});

test("a refusal whose body is thrown away waits for another attempt, one that is read does not", async () => {
  const { wire, outcomes } = wireWith();
  const refused = async () => new Response("{}", { status: 529 });
  const first = await wire.pass(sent({ a: 1 }), refused, SCOPE);
  await first.body?.cancel();
  expect(outcomes).toEqual([]);
  const again = sent({ a: 1 }, { "x-stainless-retry-count": "1" });
  expect(await (await wire.pass(again, refused, SCOPE)).text()).toBe("{}");
  expect(outcomes).toMatchObject([{ status: "error", responseStatus: 529 }]);
});

test("never more than a thousand failed calls wait for a retry", async () => {
  const { wire, outcomes } = wireWith();
  for (let call = 0; call < 1_010; call += 1) {
    await wire.pass(sent({ call }), lost, SCOPE).catch(() => {});
  }
  expect(outcomes).toHaveLength(10);
  wire.settle();
  expect(outcomes).toHaveLength(1_010);
});

test("a body that is no JSON, no text or too long is a call of which nothing is known", async () => {
  const { wire, requests, outcomes } = wireWith();
  const long = "x".repeat(33 * 1024 * 1024);
  for (const body of [undefined, null, "{", new FormData(), new ReadableStream(), long]) {
    const request = { ...sent({}), body };
    await (await wire.pass(request, async () => answered(), SCOPE)).text();
  }
  expect(requests).toEqual(Array(6).fill(undefined));
  expect(outcomes.map(({ status }) => status)).toEqual(Array(6).fill("ok"));
});
