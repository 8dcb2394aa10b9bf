import { existsSync, readFileSync } from "node:fs";
import {
  checkPolicy,
  EvidenceError,
  exitCodeOf,
  exitCodeOfVerdict,
  type Policy,
  type PolicyResult,
  parsePolicy,
  parseVerifierKey,
  type SignedBy,
  type Verification,
  type VerifierKey,
  type VerifyOptions,
  verifyBundle,
} from "@caum/core/verify";
import type { BundleFinding } from "@caum/core/verify/rules";
import type { Command } from "commander";
import { collect, jsonOption } from "../../options/declare.ts";
import { refuse } from "../../options/refuse.ts";
import { Progress } from "../../terminal/progress.ts";
import { say, sayJson } from "../../terminal/say.ts";
import { checkPack, describePack, isPack } from "./verify-pack.ts";

interface VerifyFlags {
  readonly key?: readonly string[];
  readonly requireClosed?: boolean;
  readonly requireComplete?: boolean;
  readonly expectSize?: string;
  readonly expectRoot?: string;
  readonly session?: string;
  readonly origin?: string;
  readonly policy?: string;
  readonly json?: boolean;
}

/** A command line that cannot be carried out, with what to do about it. */
class UsageError extends Error {
  override readonly name = "UsageError";
}

export function registerVerify(program: Command): void {
  program
    .command("verify")
    .description("check a bundle or a local run offline: intact or altered, and where")
    .argument("<bundle>", "folder, .tar, .tar.gz or .zip, or an evidence pack (.json)")
    .option("--key <vkey>", "verifier key that must have signed (repeatable)", collect)
    .option("--policy <file>", "fail (6) unless it is signed as this says: logs, witnesses, quorum")
    .option("--require-closed", "fail (10) unless the session is closed")
    .option("--require-complete", "fail (11) when records were deleted")
    .option("--expect-size <n>", "number of records known from elsewhere")
    .option("--expect-root <hex>", "root at that size, or of all records, known from elsewhere")
    .option("--session <id>", "fail (1) unless it is of this session")
    .option("--origin <text>", "fail (1) unless its tree begins so: key name[/tenant[/...]]")
    .addOption(jsonOption())
    .addHelpText("after", EXIT_CODES)
    .action(run);
}

const EXIT_CODES = `
examples:
  caum verify bundle --key VKEY               what caum export prints at its end
  caum verify ~/.caum/runs/RUN --key "$(caum keys | head -1)"

exit codes: 0 ok, 1 tampered, 2 usage, 3 malformed, 4 incomplete, 5 forked,
            6 untrusted, or not signed as --policy says,
            10 not closed (--require-closed), 11 records deleted (--require-complete),
            12 records after the last signature, which anybody could have added`;

function run(path: string, flags: VerifyFlags): void {
  try {
    if (isPack(path)) {
      runPack(path, flags);
      return;
    }
    const policy = policyOf(flags);
    const verification = verify(path, optionsOf(flags, policy));
    const result = policy && checkPolicy(policy, verification);
    if (flags.json) sayJson({ ...verification, ...(result && { policy: result }) });
    else say(describe(verification, result));
    process.exitCode = exitCodeOf(verification, {
      ...requiredBy(flags),
      ...(result && { policy: result }),
    });
  } catch (error) {
    refuse("verify", error);
  }
}

function runPack(path: string, flags: VerifyFlags): void {
  const { session, origin, policy } = flags;
  if (session !== undefined || origin !== undefined || policy !== undefined) {
    const which = "--session, --origin and --policy are for a bundle";
    throw new UsageError(`${which}; a pack holds many sessions`);
  }
  const pack = checkPack(path, optionsOf(flags).keys);
  if (flags.json) sayJson(pack);
  else say(describePack(pack));
  process.exitCode = exitCodeOfVerdict(pack.verdict);
}

function verify(path: string, options: VerifyOptions): Verification {
  if (!existsSync(path)) {
    throw new UsageError(`no such file or folder: ${path}: name the bundle to verify`);
  }
  const progress = new Progress();
  progress.show(`verifying ${path}`);
  try {
    return verifyBundle(path, options);
  } finally {
    progress.clear();
  }
}

/** The policy that is asked for. @throws {UsageError} */
function policyOf({ policy: path }: VerifyFlags): Policy | undefined {
  if (path === undefined) return undefined;
  if (!existsSync(path)) throw new UsageError(`no such file: ${path}: name a policy`);
  try {
    return parsePolicy(readFileSync(path, "utf8"));
  } catch (error) {
    throw new UsageError(`--policy: ${error instanceof Error ? error.message : "cannot be read"}`);
  }
}

/** What the exit code depends on, beside the verdict. */
function requiredBy({ requireClosed = false, requireComplete = false }: VerifyFlags) {
  return { requireClosed, requireComplete };
}

function optionsOf(flags: VerifyFlags, policy?: Policy): VerifyOptions {
  if (flags.key === undefined && policy === undefined) {
    throw new UsageError("no key: name with --key whom you trust, not what the bundle names");
  }
  const { expectSize, expectRoot } = flags;
  if (expectSize !== undefined && !/^(?:0|[1-9]\d{0,14})$/.test(expectSize)) {
    throw new UsageError("--expect-size is no number: give a count of records");
  }
  if (expectRoot !== undefined && !/^[0-9a-f]{64}$/.test(expectRoot)) {
    throw new UsageError("--expect-root is no hash: give 64 lower-case hex characters");
  }
  return {
    keys: [...new Set(flags.key)].map(keyOf),
    ...(policy === undefined ? {} : { knownKeys: [...policy.logs, ...policy.witnesses] }),
    ...(expectSize === undefined ? {} : { expectSize: Number(expectSize) }),
    ...(expectRoot === undefined ? {} : { expectRoot }),
    ...(flags.session === undefined ? {} : { expectSession: flags.session }),
    ...(flags.origin === undefined ? {} : { expectOrigin: flags.origin.replace(/\/$/, "") }),
  };
}

function keyOf(text: string): VerifierKey {
  try {
    return parseVerifierKey(text);
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    throw new UsageError(`--key: ${error.message}`);
  }
}

function describe(verification: Verification, policy?: PolicyResult): readonly string[] {
  const { verdict, records, runs, sessionId, size, root, origin, imported } = verification;
  const signed = size < records ? `, ${size} of them under a signed root` : "";
  const { proven, signedBy, checks, findings, notProven } = verification;
  const session = sessionId === null ? "" : ` of session ${JSON.stringify(sessionId)}`;
  return [
    `${verdict}: ${counted(records, "record")} in ${counted(runs, "run")}${session}${signed}`,
    proven,
    "",
    ...signedBy.map(describeSigner),
    ...(root === null ? [] : [`  ${"root".padEnd(13)} ${root} at size ${size}`]),
    ...(imported === 0 ? [] : [`  imported, not witnessed: ${counted(imported, "run")}`]),
    ...(origin === null ? [] : [`  ${"tree".padEnd(13)} ${origin}`]),
    "",
    ...checks.map(
      ({ name, holds, detail }) => `  ${holds ? "holds" : "FAILS"}  ${name}: ${detail}`,
    ),
    ...(policy?.holds === true ? ["  holds  policy: it is signed as the policy asks"] : []),
    ...(policy?.unmet ?? []).map((why) => `  FAILS  policy: ${why}`),
    ...section("found", findings.map(describeFinding)),
    ...section("not proven", notProven),
  ];
}

function describeSigner({ name, keyId, role, since, upTo, ...time }: SignedBy): string {
  const sizes = `since size ${since}, up to ${upTo}`;
  return `  ${`${role} by`.padEnd(13)} ${name} (${keyId}), ${sizes}${describeTime(time)}`;
}

function describeTime({ timeSeconds, timeFault }: Pick<SignedBy, "timeSeconds" | "timeFault">) {
  if (timeSeconds === null) return "";
  if (timeFault === "in_future") {
    return `, at second ${timeSeconds} since 1970: impossible, in the future`;
  }
  const time = `${new Date(timeSeconds * 1_000).toISOString().slice(0, 19)}Z`;
  return timeFault === null
    ? `, at ${time} at the latest`
    : `, at ${time}: impossible, before that of the records`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", `${title}:`, ...lines.map((line) => `  - ${line}`)];
}

function describeFinding({ kind, file, line, run: runId, seq, message }: BundleFinding): string {
  const places = [
    file,
    line === null ? "" : `line ${line}`,
    runId === null ? "" : `run ${runId}`,
    seq === null ? "" : `seq ${seq}`,
  ].filter((place) => place !== "");
  return `${kind}${places.length > 0 ? ` at ${places.join(", ")}` : ""}: ${message}`;
}
