import { afterAll, describe } from "vitest";
import { hasServer } from "../postgres-server.ts";
import { openPostgres, stopTestServer } from "../store/open-postgres.ts";
import { memberContract } from "./members-contract.ts";

describe.skipIf(!hasServer)("PostgreSQL", () => {
  afterAll(stopTestServer);

  memberContract(openPostgres);
});
