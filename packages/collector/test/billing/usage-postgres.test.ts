import { afterAll, describe } from "vitest";
import { hasServer, query } from "../postgres-server.ts";
import { openPostgres, stopTestServer } from "../store/open-postgres.ts";
import { type UsageStore, usageContract } from "./usage-contract.ts";

async function open(): Promise<UsageStore> {
  let url = "";
  const opened = await openPostgres((address) => {
    url = address;
    return address;
  });
  return {
    ...opened,
    async change(sql) {
      await query(url, sql);
    },
  };
}

describe.skipIf(!hasServer)("PostgreSQL", () => {
  afterAll(stopTestServer);
  usageContract(open);
});
