import { CommanderError } from "commander";
import { EXIT_CODE } from "./options/exit-code.ts";
import { createProgram } from "./program.ts";
import { complain } from "./terminal/say.ts";

const NOT_DONE_EXIT_CODE = isHook() ? 0 : EXIT_CODE.notDone;

process.stdout.on("error", leave);
// There is nowhere left to say it.
process.stderr.on("error", () => undefined);

try {
  const program = await createProgram(process.argv[2]);
  await program.parseAsync();
} catch (error) {
  // Help that was asked for exits with 0; everything else that commander refuses is wrong usage.
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : NOT_DONE_EXIT_CODE;
  } else {
    explain(error instanceof Error ? error.message : "it failed");
    process.exitCode = NOT_DONE_EXIT_CODE;
  }
}

/** Claude Code refuses the tool call when its hook ends with 2: nothing of ours may cause that. */
function isHook(): boolean {
  return process.argv[2] === "hook" && process.argv[3] === "claude-code";
}

/** A reader that has seen enough, such as `head`, closes the pipe: that is no error. */
function leave(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") process.exit();
  explain(`cannot write the output (${error.code}): is the disk full?`);
  process.exit(NOT_DONE_EXIT_CODE);
}

/** One line, whatever went wrong: a stack says nothing to the person who reads it. */
function explain(reason: string): void {
  complain(`caum ${process.argv[2] ?? ""}: ${reason.split("\n", 1)[0]}`);
}
