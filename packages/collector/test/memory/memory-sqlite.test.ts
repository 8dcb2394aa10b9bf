import { describe } from "vitest";
import { openSqlite } from "../store/open-sqlite.ts";
import { driftContract } from "./drift-contract.ts";
import { workflowMemoryContract } from "./memory-contract.ts";

describe("SQLite", () => {
  workflowMemoryContract(openSqlite);
  driftContract(openSqlite);
});
