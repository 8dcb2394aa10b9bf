import { reasonOf } from "../terminal/reason.ts";
import { complain } from "../terminal/say.ts";
import { EXIT_CODE } from "./exit-code.ts";

/**
 * Ends a command that could not do what was asked for: one line, what is wrong and what to do.
 *
 * @param name the command's, with those above it: `collector backup`
 * @param problem what was thrown, or the line itself
 */
export function refuse(name: string, problem: unknown): void {
  complain(`caum ${name}: ${typeof problem === "string" ? problem : reasonOf(problem)}`);
  process.exitCode = EXIT_CODE.notDone;
}

/** Does a command's work; what it throws is why it is refused. */
export async function orRefuse(name: string, work: () => Promise<void> | void): Promise<void> {
  try {
    await work();
  } catch (problem) {
    refuse(name, problem);
  }
}
