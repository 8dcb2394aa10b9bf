/** A raw HTTP server; `?reply=N` says how large, `?events=N` how many events a millisecond apart. */
import { createServer } from "node:http";

const server = createServer((request, response) => {
  const query = new URL(request.url, "http://x").searchParams;
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    if (query.has("hold")) hold(response);
    else
      answer(response, Buffer.concat(chunks).toString("latin1"), Number(query.get("reply") ?? 2));
  });
});

function answer(response, body, size) {
  const id = /"id":(\d+)/.exec(body)?.[1] ?? "0";
  const text = `{"result":{"content":[{"type":"text","text":"${"x".repeat(size)}"}]},"jsonrpc":"2.0","id":${id}}`;
  response.writeHead(200, { "content-type": "application/json", "content-length": text.length });
  response.end(text);
}

/** An open stream: says the time in every event, and on stdout when the client is gone. */
function hold(response) {
  response.writeHead(200, { "content-type": "text/event-stream" });
  const now = () => performance.timeOrigin + performance.now();
  const timer = setInterval(() => response.write(`data: ${now()}\n\n`), 5);
  response.on("close", () => {
    clearInterval(timer);
    process.stdout.write(`gone ${now()}\n`);
  });
}

server.keepAliveTimeout = 0;
server.listen(0, "127.0.0.1", () => process.stdout.write(`${server.address().port}\n`));
