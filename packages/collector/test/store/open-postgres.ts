import { openPostgresStore } from "../../src/store/postgres/postgres-store.ts";
import { startServer, type TestServer } from "../postgres-server.ts";
import type { StoreUnderTest } from "../store-contract.ts";

let server: Promise<TestServer> | undefined;
let laidOut: Promise<string> | undefined;

/** The one server of a test file; started with the first store. */
export function testServer(): Promise<TestServer> {
  server ??= startServer();
  return server;
}

export async function stopTestServer(): Promise<void> {
  await (await server)?.stop();
  server = undefined;
  laidOut = undefined;
}

/**
 * An empty store with two nodes on it.
 *
 * @param through the address by which the nodes reach it
 */
export async function openPostgres(
  through: (url: string) => string = (url) => url,
): Promise<StoreUnderTest> {
  const server = await testServer();
  laidOut ??= layOut(server);
  return openOn(through(await server.copyOf(await laidOut)));
}

/** Laying out takes longer than copying what is laid out. */
async function layOut(server: TestServer): Promise<string> {
  const url = await server.emptyDatabase();
  await (await openPostgresStore(url)).close();
  return url;
}

export async function openOn(url: string): Promise<StoreUnderTest> {
  const [store, peer] = await Promise.all([openPostgresStore(url), openPostgresStore(url)]);
  const close = async () => {
    await Promise.all([store.close(), peer.close()]);
  };
  return {
    store,
    peer,
    async reopen() {
      await close();
      return openOn(url);
    },
    dispose: close,
  };
}
