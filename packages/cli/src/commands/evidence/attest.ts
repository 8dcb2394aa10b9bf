import { type Command, Option } from "commander";
import type { AttestFlags } from "../../evidence/attest-bundle.ts";
import { collect, homeOption, jsonOption } from "../../options/declare.ts";
import { orRefuse } from "../../options/refuse.ts";

const ABOUT = `
Verifies the bundle as caum verify does and writes what it found, good or bad: an in-toto statement in a
DSSE envelope, signed with the key of this machine or of its collector. Its subject is the SHA-256 of the
bundle's records.ndjson. It says what the signer found; whoever does not trust the signer verifies again.

examples:
  caum attest bundle --key VKEY --out verdict.dsse.json
  caum attest bundle --policy policy --by collector --out verdict.dsse.json

exit codes: 0 written, and the verdict is good, 1 written, and it is not (or not as --policy and
            --timestamp-authority ask), 2 nothing is written`;

export function registerAttest(program: Command): void {
  program
    .command("attest")
    .description("verify a bundle and sign the verdict: in-toto statement, DSSE envelope")
    .argument("<bundle>", "folder, .tar, .tar.gz or .zip")
    .requiredOption("--out <file>", "new file for the envelope")
    .option("--key <vkey>", "verifier key that must have signed (repeatable)", collect)
    .option("--policy <file>", "logs, witnesses and quorum that it is held against")
    .option("--timestamp-authority <pem>", "authority of time-stamps (repeatable)", collect)
    .addOption(
      new Option("--by <whose>", "key to sign with: this machine's, or its collector's")
        .choices(["writer", "collector"])
        .default("writer"),
    )
    .addOption(homeOption())
    .option("--data <folder>", "the collector's folder (default: collector in CAUM_HOME)")
    .addOption(jsonOption())
    .addHelpText("after", ABOUT)
    .action((bundle: string, flags: AttestFlags) =>
      orRefuse("attest", async () => {
        const { attestBundle } = await import("../../evidence/attest-bundle.ts");
        await attestBundle(bundle, flags);
      }),
    );
}
