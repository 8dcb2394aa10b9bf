/** A way to the server that breaks at the worst moments. */
import { connect, createServer, type Socket } from "node:net";

/** What becomes of a commit: it arrives and its answer does not, or it never arrives. */
export type Cut = "after_commit" | "before_commit";

export interface CuttingProxy {
  readonly url: string;
  /** Cuts the connection of each of the next commits, one after the other. */
  cutNext(...cuts: readonly Cut[]): void;
  /** Breaks every connection there is. */
  cutAll(): void;
  close(): Promise<void>;
}

/** A simple query as the driver sends it. */
const COMMIT = Buffer.from("commit\0");

export async function cuttingProxy(target: string): Promise<CuttingProxy> {
  const { hostname, port } = new URL(target);
  const planned: Cut[] = [];
  const pairs = new Set<readonly [Socket, Socket]>();
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ port: Number(port), host: hostname, noDelay: true });
    const pair = [client, upstream] as const;
    pairs.add(pair);
    const drop = () => {
      client.destroy();
      upstream.destroy();
      pairs.delete(pair);
    };
    client.on("data", (data) => {
      const cut = data.includes(COMMIT) ? planned.shift() : undefined;
      if (cut === "before_commit") return drop();
      upstream.write(data);
      if (cut !== "after_commit") return;
      client.destroy();
      upstream.end();
    });
    upstream.on("data", (data) => client.write(data));
    for (const socket of pair) {
      socket.on("error", drop);
      socket.on("close", drop);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const url = new URL(target);
  url.port = String(typeof address === "object" && address ? address.port : 0);
  return {
    url: url.href,
    cutNext: (...cuts) => {
      planned.push(...cuts);
    },
    cutAll() {
      for (const pair of pairs) for (const socket of pair) socket.destroy();
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const pair of pairs) for (const socket of pair) socket.destroy();
      await closed;
    },
  };
}
