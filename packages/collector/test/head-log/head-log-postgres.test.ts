import { afterAll, describe } from "vitest";
import { hasServer } from "../postgres-server.ts";
import { openPostgres, stopTestServer } from "../store/open-postgres.ts";
import { headLogContract } from "./head-log-contract.ts";

describe.skipIf(!hasServer)("on PostgreSQL", () => {
  headLogContract(openPostgres);
  afterAll(stopTestServer);
});
