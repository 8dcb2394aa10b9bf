import { afterAll, describe } from "vitest";
import { hasServer } from "../postgres-server.ts";
import { accountContract } from "../store-contract-account.ts";
import { openPostgres, stopTestServer } from "./open-postgres.ts";

describe.skipIf(!hasServer)("PostgreSQL", () => {
  afterAll(stopTestServer);

  accountContract(openPostgres);
});
