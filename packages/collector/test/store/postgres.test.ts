import { afterAll, describe } from "vitest";
import { hasServer, tellMissing } from "../postgres-server.ts";
import { storeContract } from "../store-contract.ts";
import { accountContract } from "../store-contract-account.ts";
import { alertContract } from "../store-contract-alerts.ts";
import { openPostgres, stopTestServer } from "./open-postgres.ts";

tellMissing();

describe.skipIf(!hasServer)("PostgreSQL", () => {
  afterAll(stopTestServer);

  storeContract(openPostgres);
  accountContract(openPostgres);
  alertContract(openPostgres);
});
