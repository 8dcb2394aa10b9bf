import { existsSync, readFileSync } from "node:fs";
import type { ContentCheck } from "@caum/core/machine";
import {
  type CheckedTimeStamp,
  checkPolicy,
  EvidenceError,
  exitCodeOf,
  exitCodeOfVerdict,
  isExport,
  isTimeStamped,
  type KnownLog,
  type Policy,
  parsePolicy,
  parseVerifierKey,
  readSignedLog,
  readTimeStamps,
  type Verification,
  type VerifierKey,
  type VerifyOptions,
  verifyBundle,
  verifyExport,
} from "@caum/core/verify";
import { refuse } from "../options/refuse.ts";
import { Progress } from "../terminal/progress.ts";
import { say, sayJson } from "../terminal/say.ts";
import { describeVerification } from "./describe-verification.ts";
import { describeExport } from "./verify-export.ts";
import { checkPack, describePack, isPack } from "./verify-pack.ts";

export interface VerifyFlags {
  readonly key?: readonly string[];
  readonly requireClosed?: boolean;
  readonly requireComplete?: boolean;
  readonly expectSize?: string;
  readonly expectRoot?: string;
  readonly session?: string;
  readonly origin?: string;
  readonly policy?: string;
  readonly timestampAuthority?: readonly string[];
  readonly head?: string | undefined;
  readonly content?: string;
  readonly disclosure?: string;
  readonly json?: boolean;
}

/** A command line that cannot be carried out, with what to do about it. */
class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Checks a bundle, an export or a pack, prints what was found and sets the exit code. */
export async function runVerify(path: string, flags: VerifyFlags): Promise<void> {
  try {
    if (isPack(path)) {
      runPack(path, flags);
      return;
    }
    if (isExport(path)) {
      runExport(path, flags);
      return;
    }
    const policy = policyOf(flags);
    const options = optionsOf(flags, policy);
    const timeStamps = await stampsOf(path, flags);
    const verification = verify(path, { ...options, ...(timeStamps && { timeStamps }) });
    const result = policy && checkPolicy(policy, verification);
    const stamped = timeStamps && isTimeStamped(verification.timeStamps, verification.records);
    const content = await contentOf(path, flags);
    const policyPart = result && { policy: result };
    if (flags.json) sayJson({ ...verification, ...policyPart, ...(content && { content }) });
    else say(describeVerification(verification, { policy: result, stamped, content }));
    process.exitCode = exitCodeOf(verification, {
      ...requiredBy(flags),
      ...policyPart,
      ...(content && { hasContent: content.matches.length > 0 }),
    });
  } catch (error) {
    refuse("verify", error);
  }
}

function runPack(path: string, flags: VerifyFlags): void {
  const { session, origin, policy, timestampAuthority, head, content } = flags;
  const ofBundle = [session, origin, policy, timestampAuthority, head, content];
  if (ofBundle.some((flag) => flag !== undefined)) {
    const which =
      "--session, --origin, --policy, --head, --timestamp-authority and --content are for a bundle";
    throw new UsageError(`${which}; a pack holds many sessions`);
  }
  const pack = checkPack(path, optionsOf(flags).keys);
  if (flags.json) sayJson(pack);
  else say(describePack(pack));
  process.exitCode = exitCodeOfVerdict(pack.verdict);
}

function runExport(path: string, flags: VerifyFlags): void {
  const { session, origin, expectSize, expectRoot, timestampAuthority, content } = flags;
  const ofBundle = [session, origin, expectSize, expectRoot, timestampAuthority, content];
  if (ofBundle.some((flag) => flag !== undefined)) {
    const which =
      "--session, --origin, --expect-size, --expect-root, --timestamp-authority and --content are for a bundle";
    throw new UsageError(`${which}; all sessions are checked by their log`);
  }
  const policy = policyOf(flags);
  const keptHead = keptHeadOf(flags);
  const { keys, knownKeys = [] } = optionsOf({ ...flags, head: undefined }, policy);
  const options = { keys, knownKeys, ...(keptHead && { keptHead }) };
  const all = verifyExport(path, options);
  const result = policy && checkPolicy(policy, { signedBy: all.signedBy, records: all.size });
  if (flags.json) sayJson({ ...all, ...(result && { policy: result }) });
  else say(describeExport(all, result));
  const code = exitCodeOfVerdict(all.verdict);
  const unmet = result?.holds === false ? exitCodeOfVerdict("untrusted") : 0;
  process.exitCode = code === 0 ? unmet : code;
}

/** @throws {UsageError} when there is no such file */
function keptHeadOf({ head }: VerifyFlags): Uint8Array | undefined {
  if (head === undefined) return undefined;
  if (!existsSync(head))
    throw new UsageError(`no such file: ${head}: name a checkpoint of the log`);
  return readFileSync(head);
}

export function verify(path: string, options: VerifyOptions): Verification {
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

/** The time-stamps by themselves, where an authority is named. @throws {UsageError} */
export async function stampsOf(
  path: string,
  { timestampAuthority: files }: Pick<VerifyFlags, "timestampAuthority">,
): Promise<readonly CheckedTimeStamp[] | undefined> {
  if (files === undefined || !existsSync(path)) return undefined;
  const { checkTimeStamps, readAuthorities } = await import("@caum/collector/time-stamp");
  const authorities = files.flatMap((file) => {
    if (!existsSync(file)) throw new UsageError(`no such file: ${file}: name a certificate`);
    try {
      return readAuthorities(readFileSync(file, "utf8"));
    } catch (error) {
      const why = error instanceof Error ? error.message : "it cannot be read";
      throw new UsageError(`--timestamp-authority: ${why}`);
    }
  });
  return checkTimeStamps(readTimeStamps(path), authorities);
}

/** The calls that some content belongs to, where it is asked for. @throws {UsageError} */
async function contentOf(
  path: string,
  { content, disclosure }: VerifyFlags,
): Promise<ContentCheck | undefined> {
  if (content === undefined && disclosure === undefined) return undefined;
  if (content === undefined || disclosure === undefined) {
    throw new UsageError(
      "--content and --disclosure go together: what caum disclose printed opens it",
    );
  }
  for (const file of [content, disclosure]) {
    if (!existsSync(file)) throw new UsageError(`no such file: ${file}`);
  }
  const { checkContent } = await import("@caum/core/machine");
  const keys = readFileSync(disclosure, "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "");
  try {
    return checkContent(path, readFileSync(content), keys);
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    // That it is no bundle stands in the verification.
    if (error.fault === "invalid_bundle") return { matches: [], openedRuns: 0, closedRuns: 0 };
    throw new UsageError(`--disclosure: ${error.message}`);
  }
}

/** The policy that is asked for. @throws {UsageError} */
export function policyOf({ policy: path }: Pick<VerifyFlags, "policy">): Policy | undefined {
  if (path === undefined) return undefined;
  if (!existsSync(path)) throw new UsageError(`no such file: ${path}: name a policy`);
  try {
    return parsePolicy(readFileSync(path, "utf8"));
  } catch (error) {
    throw new UsageError(`--policy: ${error instanceof Error ? error.message : "cannot be read"}`);
  }
}

/** What the exit code depends on, beside the verdict. */
function requiredBy(flags: VerifyFlags) {
  const { requireClosed = false, requireComplete = false, timestampAuthority } = flags;
  return { requireClosed, requireComplete, requireTimeStamp: timestampAuthority !== undefined };
}

export function optionsOf(flags: VerifyFlags, policy?: Policy): VerifyOptions {
  if (flags.key === undefined && policy === undefined) {
    throw new UsageError(
      "no key: give with --key the verifier key of whom you trust, as caum up or caum keys printed it; what the bundle names proves nothing",
    );
  }
  const { expectSize, expectRoot } = flags;
  if (expectSize !== undefined && !/^(?:0|[1-9]\d{0,14})$/.test(expectSize)) {
    throw new UsageError("--expect-size is no number: give a count of records");
  }
  if (expectRoot !== undefined && !/^[0-9a-f]{64}$/.test(expectRoot)) {
    throw new UsageError("--expect-root is no hash: give 64 lower-case hex characters");
  }
  const keys = [...new Set(flags.key)].map(keyOf);
  const log = keptLogOf(flags, [...keys, ...(policy?.logs ?? [])]);
  return {
    keys,
    ...(log && { log }),
    ...(policy === undefined ? {} : { knownKeys: [...policy.logs, ...policy.witnesses] }),
    ...(expectSize === undefined ? {} : { expectSize: Number(expectSize) }),
    ...(expectRoot === undefined ? {} : { expectRoot }),
    ...(flags.session === undefined ? {} : { expectSession: flags.session }),
    ...(flags.origin === undefined ? {} : { expectOrigin: flags.origin.replace(/\/$/, "") }),
  };
}

/** @throws {UsageError} when the kept head is not one of a log whose collector's key is given */
function keptLogOf(flags: VerifyFlags, keys: readonly VerifierKey[]): KnownLog | undefined {
  const bytes = keptHeadOf(flags);
  if (bytes === undefined) return undefined;
  try {
    const head = readSignedLog("the kept head", bytes, keys);
    if (head.isOwn) return { heads: [head] };
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    throw new UsageError(`--head: ${error.message}`);
  }
  throw new UsageError("--head: no given key is that of the collector whose log it is of");
}

function keyOf(text: string): VerifierKey {
  try {
    return parseVerifierKey(text);
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    throw new UsageError(`--key: ${error.message}`);
  }
}
