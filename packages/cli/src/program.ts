import { Command } from "commander";
import { VERSION } from "./options/version.ts";
import { complain, say } from "./terminal/say.ts";

type Register = (program: Command) => void;

/** What declares each command, loaded when it is named, in the order in which help lists them. */
const COMMANDS: Readonly<Record<string, () => Promise<Register>>> = {
  up: async () => (await import("./commands/collector/up.ts")).registerUp,
  collector: async () => (await import("./commands/collector/collector.ts")).registerCollector,
  install: async () => (await import("./commands/machine/install.ts")).registerInstall,
  uninstall: async () => (await import("./commands/machine/uninstall.ts")).registerUninstall,
  status: async () => (await import("./commands/machine/status.ts")).registerStatus,
  doctor: async () => (await import("./commands/machine/doctor.ts")).registerDoctor,
  "show-wire": async () => (await import("./commands/machine/show-wire.ts")).registerShowWire,
  hook: async () => (await import("./commands/machine/hook.ts")).registerHook,
  tail: async () => (await import("./commands/sessions/tail.ts")).registerTail,
  sessions: async () => (await import("./commands/sessions/sessions.ts")).registerSessions,
  report: async () => (await import("./commands/sessions/sessions.ts")).registerReport,
  acknowledge: async () => (await import("./commands/sessions/sessions.ts")).registerAcknowledge,
  similar: async () => (await import("./commands/sessions/similar.ts")).registerSimilar,
  compare: async () => (await import("./commands/sessions/compare.ts")).registerCompare,
  baseline: async () => (await import("./commands/sessions/baseline.ts")).registerBaseline,
  gate: async () => (await import("./commands/sessions/gate.ts")).registerGate,
  stats: async () => (await import("./commands/sessions/stats.ts")).registerStats,
  mcp: async () => (await import("./commands/sessions/mcp.ts")).registerMcp,
  smoke: async () => (await import("./commands/collector/smoke.ts")).registerSmoke,
  validate: async () => (await import("./commands/collector/validate.ts")).registerValidate,
  lookback: async () => (await import("./commands/history/lookback.ts")).registerLookback,
  import: async () => (await import("./commands/history/import.ts")).registerImport,
  check: async () => (await import("./commands/history/check.ts")).registerCheck,
  export: async () => (await import("./commands/evidence/export.ts")).registerExport,
  verify: async () => (await import("./commands/evidence/verify.ts")).registerVerify,
  timestamp: async () => (await import("./commands/evidence/timestamp.ts")).registerTimestamp,
  disclose: async () => (await import("./commands/evidence/disclose.ts")).registerDisclose,
  attest: async () => (await import("./commands/evidence/attest.ts")).registerAttest,
  keys: async () => (await import("./commands/evidence/keys.ts")).registerKeys,
  flush: async () => (await import("./commands/machine/flush.ts")).registerFlush,
  prune: async () => (await import("./commands/machine/prune.ts")).registerPrune,
  completion: async () => (await import("./commands/machine/completion.ts")).registerCompletion,
  migrate: async () => (await import("./commands/collector/migrate.ts")).registerMigrate,
  witness: async () => (await import("./commands/collector/witness.ts")).registerWitness,
};
const ALL = Object.keys(COMMANDS);
/** Tells of all the others. */
const OF_ALL = "completion";
const VERSION_FLAGS: readonly string[] = ["-V", "--version"];

/**
 * The command line, with the commands that it may need: the one that is named first, else all.
 *
 * @param first the first word after `caum`
 */
export async function createProgram(first?: string): Promise<Command> {
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
  for (const name of namesFor(first)) (await COMMANDS[name]?.())?.(program);
  return program;
}

function namesFor(first = ""): readonly string[] {
  if (VERSION_FLAGS.includes(first)) return [];
  return ALL.includes(first) && first !== OF_ALL ? [first] : ALL;
}

function linesOf(text: string): readonly string[] {
  return text.replace(/\n$/, "").split("\n");
}
