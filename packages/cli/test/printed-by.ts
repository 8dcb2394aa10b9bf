/** `caum` in this process: starting one takes most of the time of a test. */
import { CommanderError } from "commander";
import { vi } from "vitest";
import { createProgram } from "../src/program.ts";

/** What a command prints to both of its outputs, and how it ends. */
export async function printedBy(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ readonly seen: string; readonly code: number }> {
  for (const [variable, value] of Object.entries(env)) vi.stubEnv(variable, value);
  let seen = "";
  let code = 0;
  const write = (part: unknown) => {
    seen += String(part);
    return true;
  };
  vi.spyOn(process.stdout, "write").mockImplementation(write);
  vi.spyOn(process.stderr, "write").mockImplementation(write);
  try {
    const program = await createProgram();
    await program.parseAsync(["node", "caum", ...words]);
    code = Number(process.exitCode ?? 0);
  } catch (problem) {
    if (!(problem instanceof CommanderError)) throw problem;
    code = 2;
  } finally {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    process.exitCode = 0;
  }
  return { seen, code };
}
