import { describe } from "vitest";
import { openSqlite } from "../store/open-sqlite.ts";
import { memberContract } from "./members-contract.ts";

describe("SQLite", () => memberContract(openSqlite));
