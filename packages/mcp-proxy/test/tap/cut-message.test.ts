import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HEAD_BYTES, TAIL_BYTES } from "../../src/relay/tapped/head-and-tail.ts";
import { type Line, LineFramer } from "../../src/relay/tapped/line-framer.ts";
import { messagesOf } from "../../src/tap/messages/message.ts";

/** The line as the relay keeps it. */
function lineOf(text: string): Line {
  const lines: Line[] = [];
  new LineFramer(true).feed(Buffer.from(`${text}\n`), 0, (line) => lines.push(line));
  const [line] = lines;
  if (!line) throw new Error("no line");
  return line;
}

const long = "x".repeat(2 * HEAD_BYTES);
const content = [{ type: "text", text: long }];

describe("a reply of more than 64 KiB", () => {
  test.each([
    ["as SDK servers write it", { result: { content }, jsonrpc: "2.0", id: 7 }],
    ["with the id in front", { jsonrpc: "2.0", id: 7, result: { content } }],
    ["with an id of text", { result: { content }, jsonrpc: "2.0", id: 'a"}\\é' }],
    ["with other members of the name inside", { id: 7, result: { content, x: { id: 9 } } }],
  ])("is paired %s", (_name, message) => {
    const text = JSON.stringify(message);
    const [reply] = messagesOf(lineOf(text));
    expect(reply).toMatchObject({ kind: "reply", id: message.id });
    if (reply?.kind !== "reply") return;
    const result = JSON.stringify(message.result);
    expect(reply.cut?.byteLength).toBe(Buffer.byteLength(result));
    expect(result.startsWith(reply.cut?.head.toString("utf8") ?? "?")).toBe(true);
  });

  test.each([true, false])("tells isError: %s at either end", (isError) => {
    for (const result of [
      { content, isError },
      { isError, content },
    ]) {
      const [reply] = messagesOf(lineOf(JSON.stringify({ result, jsonrpc: "2.0", id: 1 })));
      expect(reply).toMatchObject({ kind: "reply", result: { isError } });
    }
  });

  test("may be an error", () => {
    const error = { code: -32603, message: long };
    const [reply] = messagesOf(lineOf(JSON.stringify({ jsonrpc: "2.0", id: 1, error })));
    expect(reply).toMatchObject({ kind: "reply", id: 1, errorCode: -32603 });
  });

  test("equal results under different ids are equal", () => {
    const cuts = [1, 1_000].map((id) => {
      const [reply] = messagesOf(
        lineOf(JSON.stringify({ result: { content }, jsonrpc: "2.0", id })),
      );
      return reply?.kind === "reply" ? reply.cut : undefined;
    });
    expect(cuts[0]).toEqual(cuts[1]);
  });
});

describe("a request of more than 64 KiB", () => {
  test("keeps the tool's name and the place of its arguments", () => {
    const params = { name: "write", arguments: { text: long }, _meta: { progressToken: 1 } };
    const message = { method: "tools/call", params, jsonrpc: "2.0", id: 3 };
    const [request] = messagesOf(lineOf(JSON.stringify(message)));
    expect(request).toMatchObject({ kind: "request", id: 3, method: "tools/call" });
    if (request?.kind !== "request") return;
    expect(request.params.name).toBe("write");
    expect(request.cut?.head.toString().startsWith('{"text":"xxx')).toBe(true);
  });
});

test("anything may be cut anywhere without a failure", () => {
  const texts = fc.oneof(
    fc.json(),
    fc.string(),
    fc.constant(JSON.stringify({ id: 1, result: long })),
  );
  fc.assert(
    fc.property(texts, fc.string(), fc.string(), (middle, before, after) => {
      const head = Buffer.from(`{"result":${before}${middle}`).subarray(0, HEAD_BYTES);
      const tail = Buffer.from(`${middle}${after}}`).subarray(-TAIL_BYTES);
      messagesOf({ toServer: false, time: 0, byteLength: 1 << 20, head, tail });
      messagesOf({ toServer: true, time: 0, byteLength: head.length, head });
    }),
    { numRuns: 500 },
  );
});
