import { VERSION } from "@caum/core";
import { Command } from "commander";
import { registerCollector } from "./commands/collector/collector.ts";
import { registerMigrate } from "./commands/collector/migrate.ts";
import { registerSmoke } from "./commands/collector/smoke.ts";
import { registerUp } from "./commands/collector/up.ts";
import { registerValidate } from "./commands/collector/validate.ts";
import { registerWitness } from "./commands/collector/witness.ts";
import { registerAttest } from "./commands/evidence/attest.ts";
import { registerDisclose } from "./commands/evidence/disclose.ts";
import { registerExport } from "./commands/evidence/export.ts";
import { registerKeys } from "./commands/evidence/keys.ts";
import { registerTimestamp } from "./commands/evidence/timestamp.ts";
import { registerVerify } from "./commands/evidence/verify.ts";
import { registerCheck } from "./commands/history/check.ts";
import { registerImport } from "./commands/history/import.ts";
import { registerLookback } from "./commands/history/lookback.ts";
import { registerDoctor } from "./commands/machine/doctor.ts";
import { registerFlush } from "./commands/machine/flush.ts";
import { registerHook } from "./commands/machine/hook.ts";
import { registerInstall } from "./commands/machine/install.ts";
import { registerPrune } from "./commands/machine/prune.ts";
import { registerShowWire } from "./commands/machine/show-wire.ts";
import { registerStatus } from "./commands/machine/status.ts";
import { registerUninstall } from "./commands/machine/uninstall.ts";
import { registerMcp } from "./commands/sessions/mcp.ts";
import { registerSessions } from "./commands/sessions/sessions.ts";
import { registerTail } from "./commands/sessions/tail.ts";
import { complain, say } from "./terminal/say.ts";

/** The command line with all of its commands, in the order in which help lists them. */
export function createProgram(): Command {
  const program = new Command("caum")
    .description("A flight recorder for AI agents: structure, not secrets.")
    .version(VERSION, "-V, --version", "print the version")
    // An option belongs to the command that it follows.
    .enablePositionalOptions()
    .showHelpAfterError("(--help shows how it is used)")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => say(linesOf(text)),
      writeErr: (text) => complain(linesOf(text)),
    });
  registerUp(program);
  registerCollector(program);
  registerInstall(program);
  registerUninstall(program);
  registerStatus(program);
  registerDoctor(program);
  registerShowWire(program);
  registerHook(program);
  registerTail(program);
  registerSessions(program);
  registerMcp(program);
  registerSmoke(program);
  registerValidate(program);
  registerLookback(program);
  registerImport(program);
  registerCheck(program);
  registerExport(program);
  registerVerify(program);
  registerTimestamp(program);
  registerDisclose(program);
  registerAttest(program);
  registerKeys(program);
  registerFlush(program);
  registerPrune(program);
  registerMigrate(program);
  registerWitness(program);
  return program;
}

function linesOf(text: string): readonly string[] {
  return text.replace(/\n$/, "").split("\n");
}
