import type { Command } from "commander";
import { VERSION } from "../version.ts";

interface HookFlags {
  readonly home?: string;
  readonly messages?: boolean;
  readonly recorder?: boolean;
  readonly json?: boolean;
}

const ABOUT = `
Claude Code calls it before and after each tool (caum install --client claude-code --hooks). It reads
the event on its standard input, leaves one line of structure in CAUM_HOME/inbox and exits with 0,
whatever happens; it uses no network. One recorder in the background chains the lines.

examples:
  caum hook claude-code < event.json

exit codes: 0 always`;

const ABOUT_DRAIN = `
examples:
  caum hook drain

exit codes: 0 all lines are recorded, or the recorder does it just now; 2 it could not be done`;

export function registerHook(program: Command): void {
  const hook = program.command("hook").description("what agents call by themselves");
  hook
    .command("claude-code")
    .description("take one hook event of Claude Code")
    .option("--home <folder>", "CAUM_HOME")
    .option("--messages", "tell the person in Claude Code about a hard alert")
    .option("--no-recorder", "leave the line only; caum hook drain records it")
    .addHelpText("after", ABOUT)
    .action(take);
  hook
    .command("drain")
    .description("record what hooks left, now")
    .option("--home <folder>", "CAUM_HOME")
    .option("--json", "print the result as JSON")
    .addHelpText("after", ABOUT_DRAIN)
    .action(drain);
}

async function take(flags: HookFlags): Promise<void> {
  const { readFileSync } = await import("node:fs");
  const { fileURLToPath } = await import("node:url");
  const { runHook } = await import("../hook/run-hook.ts");
  try {
    const bundle = fileURLToPath(new URL("../../dist/hook-recorder.cjs", import.meta.url));
    const recorder = flags.recorder === false ? undefined : bundle;
    const home = await homeOf(flags);
    const options = { home, env: process.env, messages: flags.messages ?? false, recorder };
    process.stdout.write(runHook(readFileSync(0, "utf8"), options));
  } catch {
    // A hook has no failure that an agent should see.
  }
}

async function drain(flags: HookFlags): Promise<void> {
  const { recordInbox } = await import("../hook/record-inbox.ts");
  const isDone = await recordInbox({ home: await homeOf(flags), version: VERSION, once: true });
  if (flags.json) console.log(JSON.stringify({ drained: isDone }));
  else console.log(isDone ? "all lines are recorded" : "the recorder is at work already");
}

async function homeOf({ home }: HookFlags): Promise<string> {
  const { thisMachine } = await import("../install/place.ts");
  return home ?? thisMachine().caumHome;
}
