import { Command, CommanderError } from "commander";
import { registerCheck } from "./commands/check.ts";
import { registerDoctor } from "./commands/doctor.ts";
import { registerExport } from "./commands/export.ts";
import { registerFlush } from "./commands/flush.ts";
import { registerHook } from "./commands/hook.ts";
import { registerInstall } from "./commands/install.ts";
import { registerMcp } from "./commands/mcp.ts";
import { registerSessions } from "./commands/sessions.ts";
import { registerShowWire } from "./commands/show-wire.ts";
import { registerSmoke } from "./commands/smoke.ts";
import { registerStatus } from "./commands/status.ts";
import { registerTail } from "./commands/tail.ts";
import { registerUninstall } from "./commands/uninstall.ts";
import { registerUp } from "./commands/up.ts";
import { registerValidate } from "./commands/validate.ts";
import { registerVerify } from "./commands/verify.ts";

/** Wrong usage, as opposed to a command that ran and found something. */
const USAGE_EXIT_CODE = 2;

const program = new Command("caum")
  .description("A flight recorder for AI agents: structure, not secrets.")
  .showHelpAfterError("(--help shows how it is used)")
  .exitOverride();
registerUp(program);
registerInstall(program);
registerUninstall(program);
registerHook(program);
registerDoctor(program);
registerShowWire(program);
registerTail(program);
registerSessions(program);
registerMcp(program);
registerSmoke(program);
registerValidate(program);
registerExport(program);
registerCheck(program);
registerVerify(program);
registerFlush(program);
registerStatus(program);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  // Help that was asked for exits with 0; everything else that commander refuses is wrong usage.
  process.exitCode = error.exitCode === 0 ? 0 : USAGE_EXIT_CODE;
}
