import type { Command } from "commander";
import { homeOption, jsonOption } from "../../options/declare.ts";
import { orRefuse } from "../../options/refuse.ts";
import { complain, say, sayJson } from "../../terminal/say.ts";

interface KeysFlags {
  readonly home?: string;
  readonly json?: boolean;
}

const ABOUT_PRINT = `
The first line is the key that signs the runs on this machine now; retired ones follow, for runs that
were signed before. All of them are public: give them to whoever verifies. A collector has a key of
its own, which caum up prints.

examples:
  caum keys
  caum verify ~/.caum/runs/RUN --key "$(caum keys | head -1)"

exit codes: 0 printed, 2 nothing was recorded on this machine yet, or a key cannot be read`;

const ABOUT_ROTATE = `
Runs that open from now on are signed by the new key, whose verifier key is printed. The old one is
kept beside it: what it signed is verified with it, and processes that record now go on with it until
they end. Each run is signed by one key. Keys of digests and of a collector are not touched.

examples:
  caum keys rotate

exit codes: 0 replaced, 2 there is no key yet, or it cannot be replaced`;

export function registerKeys(program: Command): void {
  const keys = program.command("keys").description("the verifier keys of this machine");
  keys
    .command("print", { isDefault: true })
    .description("print the verifier keys of this machine, to verify its runs with")
    .addOption(homeOption())
    .addOption(jsonOption())
    .addHelpText("after", ABOUT_PRINT)
    .action((flags) => orRefuse("keys", () => print(flags)));
  keys
    .command("rotate")
    .description("replace the key that signs the runs on this machine")
    .addOption(homeOption())
    .addOption(jsonOption())
    .addHelpText("after", ABOUT_ROTATE)
    .action((flags) => orRefuse("keys rotate", () => rotate(flags)));
}

async function print(flags: KeysFlags): Promise<void> {
  const { readVerifierKeys } = await import("../../keys/read-verifier-keys.ts");
  const keys = readVerifierKeys(await homeOf(flags));
  if (flags.json) sayJson(keys);
  else for (const { vkey } of keys) say(vkey);
}

async function rotate(flags: KeysFlags): Promise<void> {
  const { rotateWriterKey } = await import("@caum/core/machine");
  const { readVerifierKeys } = await import("../../keys/read-verifier-keys.ts");
  const home = await homeOf(flags);
  // Where there is no key, or a damaged one, nothing is replaced.
  readVerifierKeys(home);
  const { current, previous } = rotateWriterKey({ home });
  const keys = { current: current.vkey, retired: previous.vkey };
  say(flags.json ? JSON.stringify(keys) : current.vkey);
  if (flags.json) return;
  complain("processes that record now go on with the old one until they end (caum keys)");
}

async function homeOf({ home }: KeysFlags): Promise<string> {
  const { loadConfiguration } = await import("@caum/core/settings");
  return loadConfiguration({ arguments: { home } }).home;
}
