import type { Command } from "commander";
import { HOOK_CLIENT_NAMES } from "../../hook/clients/client-names.ts";
import { homeOption, jsonOption } from "../../options/declare.ts";
import { VERSION } from "../../options/version.ts";
import { say } from "../../terminal/say.ts";

interface HookFlags {
  readonly home?: string;
  readonly messages?: boolean;
  readonly recorder?: boolean;
  readonly event?: string;
  readonly json?: boolean;
}

const ABOUT = `
Clients call it around each tool call (caum install --hooks). It reads one event on its standard
input, leaves its structure in CAUM_HOME/inbox and exits with 0, whatever happens; it uses no
network. One recorder in the background records what is left there.

examples:
  caum hook claude-code < event.json
  caum hook copilot-cli --event preToolUse < event.json

exit codes: 0 always`;

const ABOUT_DRAIN = `
examples:
  caum hook drain

exit codes: 0 everything is recorded, or the recorder does it just now; 2 it could not be done`;

export function registerHook(program: Command): void {
  const hook = program
    .command("hook")
    .argument("<client>", `the client that calls: ${HOOK_CLIENT_NAMES.join(", ")}`)
    .enablePositionalOptions()
    .description("take one event of a client's hooks; clients call it by themselves")
    .option("--event <name>", "the event, where the client's JSON does not name it")
    .addOption(homeOption())
    .option("--messages", "show the person a hard alert, in clients that can")
    .option("--no-recorder", "leave the event only; caum hook drain records it")
    .addHelpText("after", ABOUT)
    .action(take);
  hook
    .command("drain")
    .description("record what hooks left, now")
    .addOption(homeOption())
    .addOption(jsonOption())
    .addHelpText("after", ABOUT_DRAIN)
    .action(drain);
}

async function take(client: string, flags: HookFlags): Promise<void> {
  const { readFileSync } = await import("node:fs");
  const { fileURLToPath } = await import("node:url");
  const { runHook } = await import("../../hook/run-hook.ts");
  try {
    const bundle = fileURLToPath(new URL("../../../dist/hook-recorder.cjs", import.meta.url));
    const recorder = flags.recorder === false ? undefined : bundle;
    const home = await homeOf(flags);
    const registered = { client, event: flags.event };
    const messages = flags.messages ?? false;
    const options = { home, env: process.env, registered, messages, recorder };
    process.stdout.write(runHook(readFileSync(0, "utf8"), options));
  } catch {
    // A hook has no failure that an agent should see.
  }
}

async function drain(flags: HookFlags): Promise<void> {
  const { recordInbox } = await import("../../hook/recorder/record-inbox.ts");
  const isDone = await recordInbox({ home: await homeOf(flags), version: VERSION, once: true });
  if (flags.json) say(JSON.stringify({ drained: isDone }));
  else say(isDone ? "everything is recorded" : "the recorder is at work already");
}

async function homeOf({ home }: HookFlags): Promise<string> {
  const { thisMachine } = await import("../../machine/place.ts");
  return home ?? thisMachine().caumHome;
}
