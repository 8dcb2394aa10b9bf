import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { VERSION } from "@caum/core";
import { checkPolicy, exitCodeOf } from "@caum/core/verify";
import { type Command, Option } from "commander";
import { collect, homeOption, jsonOption } from "../../options/declare.ts";
import { EXIT_CODE } from "../../options/exit-code.ts";
import { orRefuse } from "../../options/refuse.ts";
import { say, sayJson } from "../../terminal/say.ts";
import { optionsOf, policyOf, stampsOf, verify } from "./verify.ts";

interface AttestFlags {
  readonly key?: readonly string[];
  readonly policy?: string;
  readonly timestampAuthority?: readonly string[];
  readonly by: "writer" | "collector";
  readonly out: string;
  readonly home?: string;
  readonly data?: string;
  readonly json?: boolean;
}

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
      orRefuse("attest", () => attestBundle(bundle, flags)),
    );
}

async function attestBundle(path: string, flags: AttestFlags): Promise<void> {
  const { by, out } = flags;
  if (existsSync(out)) throw new Error(`${out} exists: choose a new name`);
  const { attest, digestOfRecords, loadConfiguration } = await import("@caum/core/machine");
  const { home } = loadConfiguration({ arguments: { home: flags.home } });
  const keyFile =
    by === "writer"
      ? join(home, "keys", "writer.key")
      : join(flags.data ?? join(home, "collector"), "keys", "signing.key");
  const signer = await signerIn(keyFile);
  const policy = policyOf(flags);
  const timeStamps = await stampsOf(path, flags);
  const options = { ...optionsOf(flags, policy), ...(timeStamps && { timeStamps }) };
  const verification = verify(path, options);
  const result = policy && checkPolicy(policy, verification);
  const envelope = attest(
    {
      verification,
      policy: result,
      records: digestOfRecords(path),
      version: VERSION,
      nowMs: Date.now(),
    },
    signer,
  );
  writeFileSync(out, `${JSON.stringify(envelope)}\n`, { flag: "wx", mode: 0o600 });
  const { verdict } = verification;
  if (flags.json) sayJson({ out, verdict, verifierKey: signer.vkey });
  else say([`${verdict}: signed by ${signer.name} in ${out}`, `verifier key ${signer.vkey}`]);
  const requireTimeStamp = timeStamps !== undefined;
  const code = exitCodeOf(verification, { requireTimeStamp, ...(result && { policy: result }) });
  if (code !== 0) process.exitCode = EXIT_CODE.found;
}

/** Never makes a key: nobody would know it. */
async function signerIn(path: string) {
  if (!existsSync(path)) throw new Error(`there is no key ${path}: choose another with --by`);
  const { Signer } = await import("@caum/core/collector");
  return Signer.parse(readFileSync(path, "utf8"));
}
