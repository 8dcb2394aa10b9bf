import { VERSION } from "@caum/core";
import { Command } from "commander";
import { registerCheck } from "./commands/check.ts";
import { registerCollector } from "./commands/collector.ts";
import { registerDoctor } from "./commands/doctor.ts";
import { registerExport } from "./commands/export.ts";
import { registerFlush } from "./commands/flush.ts";
import { registerHook } from "./commands/hook.ts";
import { registerImport } from "./commands/import.ts";
import { registerInstall } from "./commands/install.ts";
import { registerKeys } from "./commands/keys.ts";
import { registerLookback } from "./commands/lookback.ts";
import { registerMcp } from "./commands/mcp.ts";
import { registerMigrate } from "./commands/migrate.ts";
import { registerPrune } from "./commands/prune.ts";
import { registerSessions } from "./commands/sessions.ts";
import { registerShowWire } from "./commands/show-wire.ts";
import { registerSmoke } from "./commands/smoke.ts";
import { registerStatus } from "./commands/status.ts";
import { registerTail } from "./commands/tail.ts";
import { registerUninstall } from "./commands/uninstall.ts";
import { registerUp } from "./commands/up.ts";
import { registerValidate } from "./commands/validate.ts";
import { registerVerify } from "./commands/verify.ts";
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
  registerKeys(program);
  registerFlush(program);
  registerPrune(program);
  registerMigrate(program);
  return program;
}

function linesOf(text: string): readonly string[] {
  return text.replace(/\n$/, "").split("\n");
}
