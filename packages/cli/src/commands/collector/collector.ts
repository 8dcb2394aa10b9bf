import type { Command } from "commander";
import { registerAccount } from "./collector-account.ts";
import { registerBackup } from "./collector-backup.ts";
import { registerCollectorKeys } from "./collector-keys.ts";

export function registerCollector(program: Command): void {
  const collector = program
    .command("collector")
    .description("what the operator of a collector asks of it, and does with its folder");
  registerCollectorKeys(collector);
  registerBackup(collector);
  registerAccount(collector);
}
