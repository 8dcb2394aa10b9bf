import { openSqlite } from "../store/open-sqlite.ts";
import { headLogContract } from "./head-log-contract.ts";

headLogContract(openSqlite);
