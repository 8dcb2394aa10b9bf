import { describe } from "vitest";
import { alertContract } from "../store-contract-alerts.ts";
import { openSqlite } from "./open-sqlite.ts";

describe("SQLite", () => {
  alertContract(openSqlite);
});
