import type { Command } from "commander";
import type { TimestampFlags } from "../../evidence/timestamp-bundle.ts";
import { jsonOption } from "../../options/declare.ts";
import { orRefuse } from "../../options/refuse.ts";

const ABOUT = `
The SHA-256 of the bundle's largest checkpoint goes to the authority (RFC 3161), nothing else of it. The
reply is added to the bundle, whole. It shows that these records were there at its time, to whoever
trusts the authority and has its certificate from somewhere else than from the bundle.

examples:
  caum timestamp bundle --authority http://tsa.example/tsr
  caum verify bundle --key VKEY --timestamp-authority tsa-root.pem

exit codes: 0 added, 2 it was not: the bundle is as it was`;

export function registerTimestamp(program: Command): void {
  program
    .command("timestamp")
    .description("have an authority stamp the time of a bundle, and keep its reply in there")
    .argument("<bundle>", "folder or .tar")
    .requiredOption("--authority <url>", "where the time-stamp authority answers")
    .addOption(jsonOption())
    .addHelpText("after", ABOUT)
    .action((bundle: string, flags: TimestampFlags) =>
      orRefuse("timestamp", async () => {
        const { timestampBundle } = await import("../../evidence/timestamp-bundle.ts");
        await timestampBundle(bundle, flags);
      }),
    );
}
