import { Command } from "commander";
import { VERSION } from "./options/version.ts";
import { complain, say } from "./terminal/say.ts";

type Register = (program: Command) => void;

/** What declares each command, loaded when it is named; in the groups and the order of help. */
const GROUPS: readonly (readonly [
  heading: string,
  Readonly<Record<string, () => Promise<Register>>>,
])[] = [
  [
    "Record on this machine:",
    {
      install: async () => (await import("./commands/machine/install.ts")).registerInstall,
      uninstall: async () => (await import("./commands/machine/uninstall.ts")).registerUninstall,
      status: async () => (await import("./commands/machine/status.ts")).registerStatus,
      doctor: async () => (await import("./commands/machine/doctor.ts")).registerDoctor,
      "show-wire": async () => (await import("./commands/machine/show-wire.ts")).registerShowWire,
      hook: async () => (await import("./commands/machine/hook.ts")).registerHook,
      flush: async () => (await import("./commands/machine/flush.ts")).registerFlush,
      prune: async () => (await import("./commands/machine/prune.ts")).registerPrune,
    },
  ],
  [
    "Look at sessions:",
    {
      sessions: async () => (await import("./commands/sessions/sessions.ts")).registerSessions,
      report: async () => (await import("./commands/sessions/sessions.ts")).registerReport,
      tail: async () => (await import("./commands/sessions/tail.ts")).registerTail,
      acknowledge: async () =>
        (await import("./commands/sessions/sessions.ts")).registerAcknowledge,
      similar: async () => (await import("./commands/sessions/similar.ts")).registerSimilar,
      compare: async () => (await import("./commands/sessions/compare.ts")).registerCompare,
      workflows: async () => (await import("./commands/sessions/workflows.ts")).registerWorkflows,
      stats: async () => (await import("./commands/sessions/stats.ts")).registerStats,
      mcp: async () => (await import("./commands/sessions/mcp.ts")).registerMcp,
    },
  ],
  [
    "What agents left on the disk:",
    {
      lookback: async () => (await import("./commands/history/lookback.ts")).registerLookback,
      import: async () => (await import("./commands/history/import.ts")).registerImport,
      check: async () => (await import("./commands/history/check.ts")).registerCheck,
    },
  ],
  [
    "In a build:",
    {
      gate: async () => (await import("./commands/sessions/gate.ts")).registerGate,
      baseline: async () => (await import("./commands/sessions/baseline.ts")).registerBaseline,
    },
  ],
  [
    "Keep a collector:",
    {
      up: async () => (await import("./commands/collector/up.ts")).registerUp,
      collector: async () => (await import("./commands/collector/collector.ts")).registerCollector,
      smoke: async () => (await import("./commands/collector/smoke.ts")).registerSmoke,
      validate: async () => (await import("./commands/collector/validate.ts")).registerValidate,
      migrate: async () => (await import("./commands/collector/migrate.ts")).registerMigrate,
      witness: async () => (await import("./commands/collector/witness.ts")).registerWitness,
    },
  ],
  [
    "Evidence:",
    {
      export: async () => (await import("./commands/evidence/export.ts")).registerExport,
      verify: async () => (await import("./commands/evidence/verify.ts")).registerVerify,
      timestamp: async () => (await import("./commands/evidence/timestamp.ts")).registerTimestamp,
      disclose: async () => (await import("./commands/evidence/disclose.ts")).registerDisclose,
      attest: async () => (await import("./commands/evidence/attest.ts")).registerAttest,
      keys: async () => (await import("./commands/evidence/keys.ts")).registerKeys,
    },
  ],
  [
    "Others:",
    {
      completion: async () => (await import("./commands/machine/completion.ts")).registerCompletion,
    },
  ],
];
const ALL = GROUPS.flatMap(([, commands]) => Object.keys(commands));
/** Tells of all the others. */
const OF_ALL = "completion";
const BEGIN = `
begin with:
  caum lookback   the loops in what agents left on this machine; nothing is set up, nothing is sent
  caum install    from now on, record what the clients of this machine do
  caum up         a collector with a page to look at; it prints a link and its keys
Each command says more, with examples: caum install --help`;
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
  const names = namesFor(first);
  for (const [heading, commands] of GROUPS) {
    program.commandsGroup(heading);
    for (const [name, load] of Object.entries(commands)) {
      if (names.includes(name)) (await load())(program);
    }
  }
  // Of the last group as well.
  return program.helpCommand(true).addHelpText("after", BEGIN);
}

function namesFor(first = ""): readonly string[] {
  if (VERSION_FLAGS.includes(first)) return [];
  return ALL.includes(first) && first !== OF_ALL ? [first] : ALL;
}

function linesOf(text: string): readonly string[] {
  return text.replace(/\n$/, "").split("\n");
}
