import { afterAll, describe } from "vitest";
import { hasServer } from "../postgres-server.ts";
import { alertContract } from "../store-contract-alerts.ts";
import { openPostgres, stopTestServer } from "./open-postgres.ts";

describe.skipIf(!hasServer)("PostgreSQL", () => {
  afterAll(stopTestServer);

  alertContract(openPostgres);
});
