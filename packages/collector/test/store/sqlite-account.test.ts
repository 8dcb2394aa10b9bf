import { describe } from "vitest";
import { accountContract } from "../store-contract-account.ts";
import { openSqlite } from "./open-sqlite.ts";

describe("SQLite", () => {
  accountContract(openSqlite);
});
