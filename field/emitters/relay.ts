/** Stands between an emitter and the collector: notes what is sent, and can refuse it once. */
import { createServer, type IncomingMessage } from "node:http";
import { gunzipSync } from "node:zlib";

interface SentBody {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer<ArrayBuffer>;
}

export interface Relay {
  readonly url: string;
  /** Whether this word was in anything that was sent. */
  readonly saw: (word: string) => boolean;
  /** Sends everything once more, the last first, as after answers that were lost. */
  readonly repeat: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const PASSED_ON = ["authorization", "content-type", "content-encoding", "x-api-key"];

/** @param isRefusing whether the first request for each path is answered with 503 */
export async function startRelay(collector: string, isRefusing: boolean): Promise<Relay> {
  const bodies: SentBody[] = [];
  const refused = new Set<string>();
  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    if (isRefusing && !refused.has(path)) {
      refused.add(path);
      request.resume().on("end", () => response.writeHead(503, { "retry-after": "1" }).end());
      return;
    }
    void bodyOf(request)
      .then(async (body) => {
        const answer = await passOn(collector, body, request.method);
        if (request.method === "POST" && answer.ok) bodies.push(body);
        const type = answer.headers.get("content-type");
        response.writeHead(answer.status, type === null ? {} : { "content-type": type });
        response.end(Buffer.from(await answer.arrayBuffer()));
      })
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the relay has no address");
  return {
    url: `http://127.0.0.1:${address.port}`,
    saw: (word) => bodies.some((body) => plain(body).includes(word)),
    repeat: async () => {
      for (const body of bodies.toReversed()) {
        const { status } = await passOn(collector, body);
        if (status !== 200) throw new Error(`what is sent again was answered with ${status}`);
      }
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<SentBody> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  const headers = PASSED_ON.flatMap((name) => {
    const value = request.headers[name];
    return typeof value === "string" ? [[name, value] as const] : [];
  });
  const bytes = Buffer.from(Buffer.concat(parts));
  return { path: request.url ?? "/", headers: Object.fromEntries(headers), bytes };
}

function passOn(collector: string, { path, headers, bytes }: SentBody, method = "POST") {
  const body = method === "POST" ? { body: bytes } : {};
  return fetch(`${collector}${path}`, { method, headers, ...body });
}

function plain({ headers, bytes }: SentBody): Buffer {
  return headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes;
}
