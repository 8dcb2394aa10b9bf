import type { Command } from "commander";
import type { Call, Wire } from "../../doctor/show-wire.ts";
import { collect, jsonOption } from "../../options/declare.ts";
import { EXIT_CODE } from "../../options/exit-code.ts";
import { refuse } from "../../options/refuse.ts";
import { complain, say, sayJson } from "../../terminal/say.ts";

interface WireFlags {
  readonly call?: readonly string[];
  readonly all?: boolean;
  readonly timeout: string;
  readonly json?: boolean;
}

const EXAMPLES = `
examples:
  caum show-wire                        two made-up calls of a made-up server
  caum show-wire --call 'read_file={"path":"a.txt"}' -- npx -y @modelcontextprotocol/server-filesystem .
                                        a real call of a real server

The server is started behind the real relay with a temporary CAUM_HOME; nothing is sent.

exit codes: 0 shown, 1 the server failed, 2 usage`;

export function registerShowWire(program: Command): void {
  program
    .command("show-wire")
    .description("print real calls beside the exact records that are made of them")
    .argument("[command...]", "server to start, after --")
    .option("--call <name=json>", "tool to call with these arguments (repeatable)", collect)
    .option("--all", "also print the records that belong to no call")
    .option("--timeout <seconds>", "what the server may take to answer", "20")
    .addOption(jsonOption())
    .addHelpText("after", EXAMPLES)
    .action(run);
}

async function run(words: readonly string[], flags: WireFlags): Promise<void> {
  const calls = (flags.call ?? []).map(callOf);
  if (calls.some((call) => call === undefined)) {
    return refuse("show-wire", "--call takes a tool and its arguments: name={...}");
  }
  if (words.length > 0 && calls.length === 0) {
    return refuse("show-wire", "no call: name a tool of the server with --call name={...}");
  }
  const timeoutMs = Number(flags.timeout) * 1_000;
  if (!(timeoutMs > 0)) return refuse("show-wire", "--timeout takes a number of seconds");
  const { showWire } = await import("../../doctor/show-wire.ts");
  try {
    // True because calls that cannot be read were refused above.
    const known = calls as readonly Call[];
    const wire = await showWire({ words, calls: known, env: process.env, timeoutMs });
    if (flags.json) sayJson(wire);
    else say(describe(wire, flags.all ?? false));
  } catch (problem) {
    complain(`caum show-wire: the server ${problem instanceof Error ? problem.message : "failed"}`);
    process.exitCode = EXIT_CODE.found;
  }
}

function callOf(text: string): Call | undefined {
  const at = text.indexOf("=");
  const name = at < 0 ? text : text.slice(0, at);
  try {
    return name === ""
      ? undefined
      : { name, arguments: at < 0 ? {} : JSON.parse(text.slice(at + 1)) };
  } catch {
    return undefined;
  }
}

function describe({ shown, others }: Wire, all: boolean): readonly string[] {
  const calls = shown.flatMap(({ call, answer, record }) => [
    `stays here   call    ${call.name} ${JSON.stringify(call.arguments)}`,
    `             answer  ${JSON.stringify(answer.result ?? answer.error)}`,
    `leaves       record  ${record ?? "none: the call was not seen"}`,
    "",
  ]);
  const rest = all ? others.map((record) => `leaves       record  ${record}`) : [];
  const note = "Without a collector even the records stay on this machine.";
  return [...calls, ...rest, note];
}
