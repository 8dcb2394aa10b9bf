import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { copyOf, HEAD_BYTES } from "../../../src/backlog/kept-text.ts";
import { type Line, LineFramer } from "../../../src/backlog/line-framer.ts";
import { TapQueue } from "../../../src/backlog/tap-queue.ts";
import { outcomeOf } from "../../../src/tap/calls/reply-status.ts";
import { messagesOf } from "../../../src/tap/messages/line-messages.ts";
import type { Message, Reply, Request } from "../../../src/tap/messages/message.ts";

/** The lines as the relay keeps them, however the bytes come. */
function linesOf(text: string, chunkBytes = 65_536): readonly Line[] {
  const lines: Line[] = [];
  const framer = new LineFramer(true);
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    framer.feed(bytes.subarray(at, at + chunkBytes), 0, (line) => lines.push(copyOf(line)));
  }
  return lines;
}

const read = (text: string, chunkBytes?: number): readonly Message[] =>
  linesOf(`${text}\n`, chunkBytes).flatMap(messagesOf);

function replyTo(message: object, chunkBytes?: number): Reply {
  const [reply, ...others] = read(JSON.stringify(message), chunkBytes);
  if (reply?.kind !== "reply" || others.length > 0) throw new Error("not one reply");
  return reply;
}

function requestOf(message: object): Request {
  const [request, ...others] = read(JSON.stringify(message));
  if (request?.kind !== "request" || others.length > 0) throw new Error("not one request");
  return request;
}

const long = 'x\\"{['.repeat(HEAD_BYTES / 2);
const content = [{ type: "text", text: long }];

describe("a reply of more than 64 KiB", () => {
  test.each([
    ["as SDK servers write it", { result: { content }, jsonrpc: "2.0", id: 7 }],
    ["with the id in front", { jsonrpc: "2.0", id: 7, result: { content } }],
    ["with an id of text", { result: { content }, jsonrpc: "2.0", id: 'a"}\\é' }],
    ["with other members of the name inside", { id: 7, result: { content, x: { id: 9 } } }],
    ["with the id between two long values", { x: content, id: 7, result: { content } }],
  ])("is paired %s", (_name, message) => {
    const reply = replyTo(message);
    expect(reply.id).toBe(message.id);
    const result = JSON.stringify(message.result);
    expect(reply.cut?.byteLength).toBe(Buffer.byteLength(result));
    expect(result.startsWith(reply.cut?.head.toString("utf8") ?? "?")).toBe(true);
  });

  const texts = { _meta: { took: 5 }, structuredContent: { isError: "no", text: long } };
  test.each([
    ["at the end", { content, isError: true }],
    ["in front", { isError: true, content }],
    ["before _meta", { content, isError: true, _meta: texts._meta }],
    ["before a long structuredContent", { content, isError: true, ...texts }],
    ["between two long values", { content, isError: true, more: content }],
  ])("tells isError %s", (_name, result) => {
    const message = { result, jsonrpc: "2.0", id: 1 };
    for (const chunkBytes of [97, 65_536]) {
      expect(replyTo(message, chunkBytes).result?.isError).toBe(true);
    }
    const without = { ...result, isError: undefined };
    expect(replyTo({ ...message, result: without }).result?.isError).toBeUndefined();
  });

  test("is not in error because something in it says so", () => {
    const result = { content, structuredContent: { isError: true, text: long } };
    expect(replyTo({ id: 1, result }).result?.isError).toBeUndefined();
  });

  test("may be an error, whatever stands before its code", () => {
    for (const error of [
      { code: -32603, message: long },
      { message: long, code: -32603 },
    ]) {
      expect(replyTo({ jsonrpc: "2.0", id: 1, error })).toMatchObject({ errorCode: -32603 });
    }
  });

  test("may be a task with its result", () => {
    const result = { taskId: "t", status: "completed", result: { content, isError: true } };
    const reply = replyTo({ id: 1, result });
    expect(reply.result).toMatchObject({ status: "completed", result: { isError: true } });
    expect(reply.cut?.byteLength).toBe(Buffer.byteLength(JSON.stringify(result.result)));
  });

  test("equal results under different ids are equal", () => {
    const cuts = [1, 1_000].map((id) => replyTo({ result: { content }, jsonrpc: "2.0", id }).cut);
    expect(cuts[0]).toEqual(cuts[1]);
  });
});

describe("a request of more than 64 KiB", () => {
  const name = { name: "write" };
  const args = { arguments: { name: "no", text: long } };
  const meta = { _meta: { progressToken: 1 } };
  test.each([
    ["as SDK clients write it", { ...name, ...args, ...meta }],
    ["behind its arguments", { ...args, ...name }],
    ["between arguments and _meta", { ...args, ...name, ...meta }],
    ["between two long values", { ...args, ...name, more: content }],
  ])("keeps the tool's name %s", (_name, params) => {
    const request = requestOf({ method: "tools/call", params, jsonrpc: "2.0", id: 3 });
    expect(request).toMatchObject({ id: 3, method: "tools/call", params: { name: "write" } });
    expect(request.cut?.head.toString().startsWith('{"name":"no","text":"x')).toBe(true);
    expect(request.cut?.byteLength).toBe(Buffer.byteLength(JSON.stringify(args.arguments)));
  });

  test("with short arguments keeps these", () => {
    const params = { ...name, arguments: { a: 1 }, _meta: { long } };
    const request = requestOf({ method: "tools/call", params, id: 3 });
    expect(request.params).toEqual({ ...name, arguments: { a: 1 } });
    expect(request.cut).toBeUndefined();
  });
});

describe("a line whose middle was not kept", () => {
  const huge = 'x\\"{['.repeat(400_000);
  const keptOf = (message: object): Reply => {
    const queue = new TapQueue();
    const bytes = Buffer.from(`${JSON.stringify(message)}\n`);
    for (let at = 0; at < bytes.length; at += 65_536) {
      queue.push(false, bytes.subarray(at, at + 65_536), 0);
    }
    const messages: Message[] = [];
    while (!queue.isEmpty) queue.read((line) => messages.push(...messagesOf(copyOf(line))));
    const [reply, ...others] = messages;
    if (reply?.kind !== "reply" || others.length > 0) throw new Error("not one reply");
    return reply;
  };
  const items = Array.from({ length: 60_000 }, (_, id) => ({ id, name: `n${id}`, isError: true }));

  test.each([
    ["a text", [{ type: "text", text: huge }]],
    ["many objects", items],
  ])("tells isError behind %s", (_name, content) => {
    const result = { content, isError: true, _meta: { took: 5 } };
    const reply = keptOf({ result, jsonrpc: "2.0", id: 7 });
    expect(reply).toMatchObject({ id: 7, result: { isError: true } });
    expect(reply.cut?.byteLength).toBe(Buffer.byteLength(JSON.stringify(result)));
    expect(outcomeOf(reply)).toEqual({ status: "error" });
  });

  test("is a guess where isError may stand in what is missing", () => {
    const result = { content: items, isError: true, structuredContent: { text: huge } };
    const reply = keptOf({ jsonrpc: "2.0", id: 7, result });
    expect(reply.id).toBe(7);
    expect(outcomeOf(reply)).toEqual({ status: "ok", errorClass: "guess:cut" });
  });
});

describe("a batch", () => {
  const batch = (count: number, text = "") =>
    Array.from({ length: count }, (_, id) => ({ id, method: "tools/call", params: { text } }));

  test.each([
    ["short messages", batch(5_000)],
    ["messages of more than 64 KiB", batch(3, long)],
    ["one message", batch(1, long)],
  ])("of any length comes apart: %s", (_name, messages) => {
    for (const chunkBytes of [1_000, 65_536]) {
      const ids = read(JSON.stringify(messages), chunkBytes).map((one) => "id" in one && one.id);
      expect(ids).toEqual(messages.map(({ id }) => id));
    }
  });

  test("is followed by the next line", () => {
    const lines = linesOf(`${JSON.stringify(batch(5_000))}\n{"id":1,"result":{}}\n`);
    expect(lines.flatMap(messagesOf)).toHaveLength(5_001);
  });
});

describe("messages that are told by their length", () => {
  const framed = (message: object, more = "") => {
    const text = JSON.stringify(message, undefined, 1);
    return `Content-Length: ${Buffer.byteLength(text)}\r\n${more}\r\n${text}`;
  };
  const idsOf = (text: string, chunkBytes: number) =>
    linesOf(text, chunkBytes)
      .flatMap(messagesOf)
      .map((message) => "id" in message && message.id);

  test.each([1, 7, 65_536])("are read, %i bytes at a time", (chunkBytes) => {
    const text =
      framed({ id: 1, method: "é" }) +
      framed({ id: 2, result: { content } }, "Content-Type: application/vscode-jsonrpc\r\n") +
      framed({ id: 3, result: {} });
    expect(idsOf(`${text}\n{"id":4,"result":{}}\n`, chunkBytes)).toEqual([1, 2, 3, 4]);
  });

  test("are not what only looks like it", () => {
    const text = 'Content-Length: 900\r\n\r\nplain words\n{"id":4,"result":{}}\n';
    expect(idsOf(text, 65_536)).toEqual([4]);
    expect(idsOf('Content-Length: 9\n{"id":4,"result":{}}\n', 65_536)).toEqual([4]);
  });
});

test("anything may be cut anywhere without a failure", () => {
  const texts = fc.oneof(fc.json(), fc.string(), fc.constant(JSON.stringify({ id: 1, x: long })));
  fc.assert(
    fc.property(
      texts,
      fc.string(),
      fc.string(),
      fc.integer({ min: 1, max: 70_000 }),
      (...given) => {
        const [middle, before, after, chunkBytes] = given;
        read(`{"result":${before}${middle}${" ".repeat(HEAD_BYTES)}${after}}`, chunkBytes);
        read(`[${before}${middle}${" ".repeat(HEAD_BYTES)}${after}]`, chunkBytes);
        read(`${before}${middle}`, chunkBytes);
      },
    ),
    { numRuns: 200 },
  );
});

test("what is kept of a long message does not depend on how its bytes come", () => {
  fc.assert(
    fc.property(fc.json(), fc.json(), fc.integer({ min: 1, max: 200 }), (one, two, chunkBytes) => {
      const text = `{"params":{"a":${one},"arguments":[${JSON.stringify(long)},${two}],"name":"n"},"id":5,"method":"m"}`;
      const whole = linesOf(`${text}\n`);
      expect(linesOf(`${text}\n`, chunkBytes)).toEqual(whole);
      expect(whole.flatMap(messagesOf)).toMatchObject([{ id: 5, params: { name: "n" } }]);
    }),
    { numRuns: 30 },
  );
});
