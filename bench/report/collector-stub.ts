/** A collector that stores nothing, in a thread of its own, so that only the client is measured. */
import { createServer } from "node:http";
import { createServer as createSocketServer } from "node:net";
import { parentPort, workerData } from "node:worker_threads";
import { gunzipSync } from "node:zlib";

const announce = (port: number) => parentPort?.postMessage(port);

if (workerData === "hangs") {
  const server = createSocketServer(() => undefined);
  server.listen(0, "127.0.0.1", () => announce((server.address() as { port: number }).port));
} else {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks);
    const body = request.headers["content-encoding"] === "gzip" ? gunzipSync(raw) : raw;
    const accepted = body.toString().split("\n").length - 1;
    response.end(JSON.stringify({ accepted, results: [] }));
  });
  server.listen(0, "127.0.0.1", () => announce((server.address() as { port: number }).port));
}
