import type { Command } from "commander";
import { settingsOf } from "../../options/collector-of.ts";
import { homeOption, keyOption, type SharedFlags, urlOption } from "../../options/declare.ts";
import { complain } from "../../terminal/say.ts";

const ABOUT = `
An MCP server on standard input and output, read-only: am_i_looping, sessions, verdict, evidence. It
answers from the runs on this machine, and from the collector that is configured or runs here.

examples, for a client's configuration:
  "caum": { "command": "caum", "args": ["mcp"] }

exit codes: 0 when the client went away`;

export function registerMcp(program: Command): void {
  program
    .command("mcp")
    .description("let an agent ask what is known of its sessions")
    .addOption(homeOption())
    .addOption(urlOption())
    .addOption(keyOption())
    .addHelpText("after", ABOUT)
    .action(serve);
}

async function serve(flags: SharedFlags): Promise<void> {
  const { loadConfiguration, readLocalAccount } = await import("@caum/core/settings");
  const { serveMcp } = await import("../../mcp/serve.ts");
  const known = loadConfiguration({ arguments: settingsOf(flags) });
  for (const problem of known.problems) complain(`caum mcp: ${problem}`);
  if (known.problems.length > 0) return serveMcp(known.home);
  const named = known.url === undefined ? undefined : { url: known.url, apiKey: known.apiKey };
  await serveMcp(known.home, named ?? readLocalAccount(known.home));
}
