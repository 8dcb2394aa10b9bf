import { afterAll, describe } from "vitest";
import { hasServer } from "../postgres-server.ts";
import { openPostgres, stopTestServer } from "../store/open-postgres.ts";
import { submissionContract } from "./submission-contract.ts";

describe.skipIf(!hasServer)("on PostgreSQL", () => {
  submissionContract(openPostgres);
  afterAll(stopTestServer);
});
