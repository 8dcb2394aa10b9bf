import type { Command } from "commander";

interface KeysFlags {
  readonly home?: string;
  readonly json?: boolean;
}

const ABOUT = `
The first line is the key that signs the runs on this machine now; retired ones follow, for runs that
were signed before. All of them are public: give them to whoever verifies. A collector has a key of
its own, which caum up prints.

examples:
  caum keys
  caum verify ~/.caum/runs/RUN --key "$(caum keys | head -1)"

exit codes: 0 printed, 2 nothing was recorded on this machine yet, or a key cannot be read`;

const NOT_DONE = 2;

export function registerKeys(program: Command): void {
  program
    .command("keys")
    .description("print the verifier keys of this machine, to verify its runs with")
    .option("--home <folder>", "CAUM_HOME")
    .option("--json", "print the result as JSON")
    .addHelpText("after", ABOUT)
    .action(run);
}

async function run({ home, json }: KeysFlags): Promise<void> {
  const { loadConfiguration } = await import("@caum/core");
  const { readVerifierKeys } = await import("../keys/read-verifier-keys.ts");
  const { reasonOf } = await import("../reason.ts");
  try {
    const keys = readVerifierKeys(loadConfiguration({ arguments: { home } }).home);
    if (json) console.log(JSON.stringify(keys, undefined, 2));
    else for (const { vkey } of keys) console.log(vkey);
  } catch (problem) {
    console.error(`caum keys: ${reasonOf(problem)}`);
    process.exitCode = NOT_DONE;
  }
}
