import { describe } from "vitest";
import { signInContract } from "../store-contract-sign-ins.ts";
import { openSqlite } from "./open-sqlite.ts";

describe("SQLite", () => signInContract(openSqlite));
