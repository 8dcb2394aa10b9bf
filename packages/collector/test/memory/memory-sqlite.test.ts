import { describe } from "vitest";
import { openSqlite } from "../store/open-sqlite.ts";
import { workflowMemoryContract } from "./memory-contract.ts";

describe("SQLite", () => workflowMemoryContract(openSqlite));
