import { openPostgresStore } from "../../src/store/postgres/postgres-store.ts";
import { startServer, type TestServer } from "../postgres-server.ts";
import type { StoreUnderTest } from "../store-contract.ts";

let server: Promise<TestServer> | undefined;

/** The one server of a test file; started with the first store. */
export function testServer(): Promise<TestServer> {
  server ??= startServer();
  return server;
}

export async function stopTestServer(): Promise<void> {
  await (await server)?.stop();
  server = undefined;
}

/** An empty database with two nodes on it. */
export async function openPostgres(): Promise<StoreUnderTest> {
  return openOn(await (await testServer()).emptyDatabase());
}

async function openOn(url: string): Promise<StoreUnderTest> {
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
