import { afterAll, describe } from "vitest";
import { hasServer } from "../postgres-server.ts";
import { openPostgres, stopTestServer } from "../store/open-postgres.ts";
import { driftContract } from "./drift-contract.ts";
import { workflowMemoryContract } from "./memory-contract.ts";

describe.skipIf(!hasServer)("PostgreSQL", () => {
  afterAll(stopTestServer);
  workflowMemoryContract(openPostgres);
  driftContract(openPostgres);
});
