import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Signer } from "@caum/core/collector";
import { attest, digestOfRecords } from "@caum/core/machine";
import { loadConfiguration } from "@caum/core/settings";
import { checkPolicy, exitCodeOf } from "@caum/core/verify";
import { EXIT_CODE } from "../options/exit-code.ts";
import { VERSION } from "../options/version.ts";
import { say, sayJson } from "../terminal/say.ts";
import { optionsOf, policyOf, stampsOf, verify } from "./run-verify.ts";

export interface AttestFlags {
  readonly key?: readonly string[];
  readonly policy?: string;
  readonly timestampAuthority?: readonly string[];
  readonly by: "writer" | "collector";
  readonly out: string;
  readonly home?: string;
  readonly data?: string;
  readonly json?: boolean;
}

/** Verifies a bundle, signs what was found and writes it. @throws {Error} when nothing is written */
export async function attestBundle(path: string, flags: AttestFlags): Promise<void> {
  const { by, out } = flags;
  if (existsSync(out)) throw new Error(`${out} exists: choose a new name`);
  const { home } = loadConfiguration({ arguments: { home: flags.home } });
  const keyFile =
    by === "writer"
      ? join(home, "keys", "writer.key")
      : join(flags.data ?? join(home, "collector"), "keys", "signing.key");
  const signer = signerIn(keyFile);
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
function signerIn(path: string) {
  if (!existsSync(path)) throw new Error(`there is no key ${path}: choose another with --by`);
  return Signer.parse(readFileSync(path, "utf8"));
}
