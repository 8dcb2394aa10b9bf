import { openSqlite } from "../store/open-sqlite.ts";
import { submissionContract } from "./submission-contract.ts";

submissionContract(openSqlite);
