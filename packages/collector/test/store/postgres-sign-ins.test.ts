import { afterAll, describe } from "vitest";
import { hasServer } from "../postgres-server.ts";
import { signInContract } from "../store-contract-sign-ins.ts";
import { openPostgres, stopTestServer } from "./open-postgres.ts";

describe.skipIf(!hasServer)("PostgreSQL", () => {
  afterAll(stopTestServer);

  signInContract(openPostgres);
});
