/** The way from one node to the database: it takes time, and it breaks. */
import { connect, createServer, type Socket } from "node:net";

export interface FaultyLink {
  readonly url: string;
  /** Breaks every connection there is, whatever is under way on it. */
  cut(): void;
  close(): Promise<void>;
}

/** @param latencyMs what each direction takes, give or take a quarter */
export async function openFaultyLink(target: string, latencyMs: number): Promise<FaultyLink> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ port: Number(port), host: hostname, noDelay: true });
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on("error", () => {});
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
      passOn(from, to, latencyMs);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const url = new URL(target);
  url.port = String(typeof address === "object" && address !== null ? address.port : 0);
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: url.href,
    cut,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      cut();
      await closed;
    },
  };
}

/** Bytes keep their order: they wait in one queue, and the first of it has the only timer. */
function passOn(from: Socket, to: Socket, latencyMs: number): void {
  const queue: { readonly due: number; readonly bytes: Buffer }[] = [];
  const release = () => {
    const now = performance.now();
    for (let first = queue[0]; first !== undefined && first.due <= now; first = queue[0]) {
      queue.shift();
      if (!to.destroyed) to.write(first.bytes);
    }
    wait();
  };
  const wait = () => {
    const first = queue[0];
    if (first !== undefined) setTimeout(release, Math.max(0, first.due - performance.now()));
  };
  from.on("data", (bytes: Buffer) => {
    const due = performance.now() + latencyMs * (0.75 + Math.random() / 2);
    queue.push({ due, bytes });
    if (queue.length === 1) wait();
  });
}
