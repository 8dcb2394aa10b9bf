/**
 * A model server that streams as many tokens as the name of the model says, at once or after so many
 * milliseconds: `tokens-1000`, `tokens-20-after-20`.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";

/** Events are handed on in pieces of about this size, as a fast model's are on a network. */
const PIECE_BYTES = 8_192;

const server = createServer((request, response) => void answer(request, response));
// A client that is busy for long finds its connection as it left it.
server.keepAliveTimeout = 120_000;
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object" && address) process.send?.(`http://127.0.0.1:${address.port}/v1`);
});
process.on("disconnect", () => process.exit());

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString("utf8");
  const [, tokens = 1, thinkMs = 0] = (/"tokens-(\d+)(?:-after-(\d+))?"/.exec(body) ?? []).map(
    Number,
  );
  if (thinkMs > 0) await setTimeout(thinkMs);
  // A slow reader makes us wait often.
  response.setMaxListeners(0);
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(event({ role: "assistant", content: "" }));
  for (let at = 0; at < tokens && !response.destroyed; ) {
    let piece = "";
    for (; at < tokens && piece.length < PIECE_BYTES; at += 1)
      piece += event({ content: ` word${at}` });
    if (!response.write(piece)) {
      await Promise.race([once(response, "drain"), once(response, "close")]);
    }
  }
  response.end(`${event({}, "stop")}data: [DONE]\n\n`);
}

function event(delta: object, finish: string | null = null): string {
  const choices = [{ index: 0, delta, logprobs: null, finish_reason: finish }];
  const chunk = { id: "chatcmpl-bench", object: "chat.completion.chunk", created: 1_790_000_000 };
  return `data: ${JSON.stringify({ ...chunk, model: "bench", choices })}\n\n`;
}
