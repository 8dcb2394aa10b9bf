import { expect, test } from "vitest";
import type { BodyTap } from "../../src/wire/stream/body-tap.ts";
import { tapResponse } from "../../src/wire/stream/tapped-response.ts";

function recorder() {
  const seen: string[] = [];
  let text = "";
  const tap: BodyTap = {
    onChunk: (chunk) => {
      text += new TextDecoder().decode(chunk);
    },
    onEnd: () => seen.push("end"),
    onCancel: () => seen.push("cancel"),
    onError: () => seen.push("error"),
  };
  return { tap, seen, text: () => text };
}

function bodyOf(chunks: readonly string[], type?: "bytes"): ReadableStream<Uint8Array> {
  const rest = chunks.map((chunk) => new TextEncoder().encode(chunk));
  const pull = (controller: {
    enqueue(chunk: Uint8Array<ArrayBuffer>): void;
    close(): void;
    byobRequest?: { respond(bytes: number): void } | null;
  }) => {
    const chunk = rest.shift();
    if (chunk !== undefined) {
      controller.enqueue(chunk);
      return;
    }
    controller.close();
    controller.byobRequest?.respond(0);
  };
  return type === undefined
    ? new ReadableStream({ pull }, { highWaterMark: 0 })
    : new ReadableStream({ type, pull });
}

test.each(["text", "json", "arrayBuffer", "blob", "bytes"] as const)(
  "%s() gives what it gave, and the tap sees it",
  async (name) => {
    if (!(name in Response.prototype)) return;
    const bare = new Response(bodyOf(['{"a"', ":1}"]), { headers: { "content-type": "text/x" } });
    const tapped = new Response(bodyOf(['{"a"', ":1}"]), { headers: { "content-type": "text/x" } });
    const { tap, seen, text } = recorder();
    expect(tapResponse(tapped, tap)).toBe(true);
    expect(tapped.bodyUsed).toBe(false);
    expect(await tapped[name]()).toEqual(await bare[name]());
    expect(tapped.bodyUsed).toBe(true);
    expect(text()).toBe('{"a":1}');
    expect(seen).toEqual(["end"]);
    const again = await tapped.text().catch((error: Error) => error);
    const bareAgain = await bare.text().catch((error: Error) => error);
    expect(again).toEqual(bareAgain);
  },
);

test("the response stays the same object, with its own headers and class", () => {
  const response = new Response(bodyOf(["x"]), { status: 203, statusText: "maybe" });
  const { headers } = response;
  tapResponse(response, recorder().tap);
  expect(response).toBeInstanceOf(Response);
  expect(response.headers).toBe(headers);
  expect([response.status, response.statusText, response.ok]).toEqual([203, "maybe", true]);
  expect(Object.keys(response)).toEqual([]);
});

test("a body that nobody reads is not touched, so that it is freed like the bare one", () => {
  let pulls = 0;
  const body = new ReadableStream(
    {
      pull() {
        pulls += 1;
      },
    },
    { highWaterMark: 0 },
  );
  tapResponse(new Response(body), recorder().tap);
  expect([pulls, body.locked]).toEqual([0, false]);
});

test("a byte stream takes buffers of its reader as before", async () => {
  const response = new Response(bodyOf(["abcdef"], "bytes"));
  const { tap, text, seen } = recorder();
  tapResponse(response, tap);
  const reader = (response.body as ReadableStream<Uint8Array>).getReader({ mode: "byob" });
  let read = "";
  for (;;) {
    const { done, value } = await reader.read(new Uint8Array(4));
    if (done) break;
    read += new TextDecoder().decode(value);
  }
  expect([read, text(), seen]).toEqual(["abcdef", "abcdef", ["end"]]);
});

test("a failing body fails with the very same error", async () => {
  const failure = new Error("cut");
  const body = new ReadableStream({
    pull(controller) {
      controller.error(failure);
    },
  });
  const response = new Response(body);
  const { tap, seen } = recorder();
  tapResponse(response, tap);
  await expect(response.text()).rejects.toBe(failure);
  expect(seen).toEqual(["error"]);
});

test("a reader that gives up reaches the source with its reason", async () => {
  let reason: unknown;
  const body = new ReadableStream({
    cancel(why) {
      reason = why;
    },
  });
  const response = new Response(body);
  const { tap, seen } = recorder();
  tapResponse(response, tap);
  await response.body?.cancel("enough");
  expect([reason, seen]).toEqual(["enough", ["cancel"]]);
});

test("a clone has the same content, and the tap sees it once", async () => {
  const response = new Response(bodyOf(["he", "llo"]));
  const { tap, text, seen } = recorder();
  tapResponse(response, tap);
  const clone = response.clone();
  expect(await Promise.all([clone.text(), response.text()])).toEqual(["hello", "hello"]);
  expect([text(), seen]).toEqual(["hello", ["end"]]);
  expect(() => response.clone()).toThrow(TypeError);
});

test("what is no plain response is left alone", () => {
  const { tap } = recorder();
  const own = Object.assign(new Response(bodyOf(["x"])), { json: async () => 7 });
  const read = new Response(bodyOf(["x"]));
  void read.text();
  const mock = { ok: true, body: bodyOf(["x"]), json: async () => 7 };
  for (const response of [own, read, mock, new Response(null), {}, null, 7]) {
    expect(tapResponse(response as Response, tap)).toBe(false);
  }
  expect(tapResponse(Object.freeze(new Response(bodyOf(["x"]))), tap)).toBe(false);
});
