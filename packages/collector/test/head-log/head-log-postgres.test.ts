import { afterAll, beforeAll, describe } from "vitest";
import { hasServer } from "../postgres-server.ts";
import { openPostgres, stopTestServer, testServer } from "../store/open-postgres.ts";
import { headLogContract } from "./head-log-contract.ts";

/** A busy machine takes some time to start a server. */
const START_MS = 60_000;

describe.skipIf(!hasServer)("on PostgreSQL", () => {
  beforeAll(async () => {
    await testServer();
  }, START_MS);
  headLogContract(openPostgres);
  afterAll(stopTestServer);
});
