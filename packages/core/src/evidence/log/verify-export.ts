/** Checks all sessions of a tenant against the log of their heads: a folder that `caum export` made. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { EvidenceError } from "../error.ts";
import { type BundleVerdict, VERDICTS } from "../rules/findings.ts";
import type { Verification, VerifyOptions } from "../verify/check-bundle.ts";
import { type SignedBy, signedBy } from "../verify/signed-by.ts";
import { verifyBundle } from "../verify/verify-bundle.ts";
import { LogCopy, readSignedLog, type SignedLog } from "./log-copy.ts";

export const LOG_CHECKPOINT = "log/checkpoint.note";
export const LOG_ENTRIES = "log/entries.txt";
export const LOG_DELETED = "log/deleted.txt";
export const SESSIONS_FOLDER = "sessions";

const ARCHIVE = /^([0-9a-f]{32})\.tar$/;

/** Something that does not hold. */
export interface ExportFinding {
  /** Tag of the session; null for the log. */
  readonly session: string | null;
  readonly verdict: BundleVerdict;
  /** One sentence: what is wrong. */
  readonly message: string;
}

/** What verifying an export found; `verdict` is the worst of all findings. */
export interface ExportVerification {
  readonly verdict: BundleVerdict;
  /** One sentence: what is proved, by whom, since when at the latest, and what is not. */
  readonly proven: string;
  /** Names the log; null where it could not be read. */
  readonly origin: string | null;
  /** How many heads it holds, and of how many sessions. */
  readonly size: number;
  readonly logged: number;
  /** Sessions that are there, and those of them that hold. */
  readonly sessions: number;
  readonly held: number;
  /** Sessions that were deleted, as whoever exported them says. */
  readonly deleted: number;
  readonly records: number;
  readonly signedBy: readonly SignedBy[];
  readonly findings: readonly ExportFinding[];
  /** What this verification cannot show, in sentences. */
  readonly notProven: readonly string[];
}

export interface ExportOptions extends Pick<VerifyOptions, "keys" | "knownKeys" | "nowMs"> {
  /** A checkpoint of the log that was kept from before. */
  readonly keptHead?: Uint8Array;
}

/** Whether a path is what `caum export --all` makes. */
export function isExport(path: string): boolean {
  return existsSync(join(path, LOG_ENTRIES));
}

/**
 * Checks every session of an export, and the log that they are to be in.
 *
 * @throws only what reading the folder throws; everything else is a finding
 */
export function verifyExport(folder: string, options: ExportOptions): ExportVerification {
  const check = new ExportCheck(folder, options);
  try {
    check.run();
  } catch (error) {
    if (!(error instanceof EvidenceError)) throw error;
    const isForged = error.fault === "bad_signature";
    check.find(null, isForged ? "tampered" : "malformed", `the log: ${error.message}`);
  }
  return check.result();
}

class ExportCheck {
  readonly #folder: string;
  readonly #options: ExportOptions;
  readonly #findings: ExportFinding[] = [];
  readonly #bundles = new Map<string, Verification>();
  #log: SignedLog | undefined;
  #copy: LogCopy | undefined;
  #deleted: ReadonlySet<string> = new Set();
  /** Sessions that the log does not hold yet. */
  #unlogged = 0;

  constructor(folder: string, options: ExportOptions) {
    this.#folder = folder;
    this.#options = options;
  }

  find(session: string | null, verdict: BundleVerdict, message: string): void {
    this.#findings.push({ session, verdict, message });
  }

  run(): void {
    const { keys, knownKeys = [], keptHead } = this.#options;
    const all = [...keys, ...knownKeys];
    const log = readSignedLog(LOG_CHECKPOINT, this.#read(LOG_CHECKPOINT), all);
    this.#log = log;
    if (!log.isOwn) this.find(null, "untrusted", "no given key is that of the log's collector");
    const copy = new LogCopy(this.#read(LOG_ENTRIES), log.origin);
    this.#copy = copy;
    this.#deleted = new Set(this.#lines(LOG_DELETED));
    const kept = keptHead && readSignedLog("the kept head", keptHead, all);
    if (kept) this.#compareKept(kept, log, copy);
    for (const tag of copy.forked) {
      this.find(tag, "forked", "the log holds two histories of this session");
    }
    for (const tag of this.#tags()) this.#checkSession(tag, log, copy);
    this.#findDropped(copy);
    this.#compareRoots(log, copy);
  }

  result(): ExportVerification {
    const findings = this.#findings;
    const bundles = [...this.#bundles.values()];
    const found = new Set(findings.map(({ verdict }) => verdict));
    const isPart = bundles.some(({ redacted }) => redacted > 0) || this.#deletedCount > 0;
    const well = isPart ? "ok-redacted" : "ok";
    const verdict = VERDICTS.find((one) => one === well || found.has(one)) ?? well;
    const bad = new Set(findings.map(({ session }) => session));
    const signers = this.#signers();
    const { size = 0, sessions: logged } = this.#copy ?? {};
    return {
      verdict,
      proven: sentence(verdict, bundles.length, signers),
      origin: this.#log?.origin ?? null,
      size,
      logged: logged?.size ?? 0,
      sessions: bundles.length,
      held: [...this.#bundles.keys()].filter((tag) => !bad.has(tag)).length,
      deleted: this.#deletedCount,
      records: bundles.reduce((sum, { records }) => sum + records, 0),
      signedBy: signers,
      findings,
      notProven: this.#notProven(signers),
    };
  }

  get #deletedCount(): number {
    const logged = this.#copy?.sessions;
    return [...this.#deleted].filter((tag) => logged?.has(tag) && !this.#bundles.has(tag)).length;
  }

  #checkSession(tag: string, log: SignedLog, copy: LogCopy): void {
    const { keys, knownKeys = [], nowMs } = this.#options;
    const session = copy.sessions.get(tag);
    if (session === undefined) this.#unlogged += 1;
    const verification = verifyBundle(join(this.#folder, SESSIONS_FOLDER, `${tag}.tar`), {
      keys,
      knownKeys,
      ...(nowMs !== undefined && { nowMs }),
      expectOrigin: log.origin.replace(/log$/, tag),
      log: session === undefined ? {} : { session },
    });
    this.#bundles.set(tag, verification);
    const { verdict, findings } = verification;
    if (verdict.startsWith("ok")) return;
    const [first] = findings;
    this.find(tag, verdict, first?.message ?? verification.proven);
  }

  #findDropped(copy: LogCopy): void {
    for (const tag of copy.sessions.keys()) {
      if (this.#bundles.has(tag) || this.#deleted.has(tag)) continue;
      const message = `the log holds a head of ${copy.recordsOf(tag)} records, and the session is not here: dropped`;
      this.find(tag, "incomplete", message);
    }
  }

  #compareKept(kept: SignedLog, log: SignedLog, copy: LogCopy): void {
    if (!kept.isOwn || kept.origin !== log.origin) {
      this.find(null, "untrusted", "the kept head is of another log, or not signed by this one");
    } else if (kept.size > copy.size) {
      const message = `the log was rolled back: it held ${kept.size} heads, and holds ${copy.size}`;
      this.find(null, "forked", message);
    } else if (copy.misfits([kept]).length > 0) {
      const message = `the log is another one than was kept: its first ${kept.size} heads differ`;
      this.find(null, "forked", message);
    }
  }

  /** The checkpoint, and those that came with the sessions, in one pass. */
  #compareRoots(log: SignedLog, copy: LogCopy): void {
    if (log.size !== copy.size) {
      const message = `the checkpoint is of ${log.size} heads, ${copy.size} are there`;
      this.find(null, log.size > copy.size ? "incomplete" : "tampered", message);
    }
    const heads = [...this.#bundles].flatMap(([tag, bundle]) =>
      bundle.log === null ? [] : [{ ...bundle.log, file: tag }],
    );
    for (const { file } of copy.misfits([log, ...heads])) {
      if (file === LOG_CHECKPOINT) {
        this.find(null, "tampered", "the entries are not those that the checkpoint is of");
      } else {
        this.find(file, "forked", "it was logged in another log than this one, by the same name");
      }
    }
  }

  #signers(): readonly SignedBy[] {
    const log = this.#log;
    if (log === undefined) return [];
    const { size, root, keyName, signatures, file } = log;
    // As a head of a session of this log would have it.
    const sessionTag = "0".repeat(32);
    const origin = log.origin.replace(/log$/, sessionTag);
    const parsedOrigin = { kind: "session", keyName, sessionTag } as const;
    const note = { text: "", signatures: [] };
    const head = { size, root, origin, file, note, parsedOrigin, signatures };
    const { nowMs = Date.now() } = this.#options;
    return signedBy([head], { latestAt: () => undefined, nowMs });
  }

  #notProven(signers: readonly SignedBy[]): readonly string[] {
    const cosigned = signers.some(({ role }) => role === "co-signed");
    return [
      ...(cosigned
        ? []
        : [
            "that the operator did not make another log with all its sessions: nobody co-signed it",
          ]),
      ...(this.#deletedCount > 0
        ? [`what ${this.#deletedCount} deleted sessions held, and who deleted them`]
        : []),
      ...(this.#unlogged > 0
        ? [`that ${this.#unlogged} sessions were not rewritten: the log does not hold them yet`]
        : []),
      "that agents reported all they did, and that clocks were right",
    ];
  }

  #tags(): readonly string[] {
    const names = readdirSync(join(this.#folder, SESSIONS_FOLDER)).sort();
    return names.flatMap((name) => ARCHIVE.exec(name)?.[1] ?? []);
  }

  #read(name: string): Uint8Array {
    return readFileSync(join(this.#folder, name));
  }

  #lines(name: string): readonly string[] {
    const path = join(this.#folder, name);
    if (statSync(path, { throwIfNoEntry: false }) === undefined) return [];
    return readFileSync(path, "utf8").split("\n");
  }
}

function sentence(verdict: BundleVerdict, sessions: number, signers: readonly SignedBy[]): string {
  if (!verdict.startsWith("ok")) return "Not everything holds: what is wrong is listed.";
  const cosigners = signers.filter(
    ({ role, timeFault }) => role === "co-signed" && timeFault === null,
  );
  const names = [...new Set(cosigners.map(({ name }) => name))].join(", ");
  const times = cosigners.flatMap(({ timeSeconds }) => timeSeconds ?? []);
  const time = times.length === 0 ? "" : `, at ${isoTime(Math.min(...times))} at the latest`;
  const seen = names === "" ? "nobody co-signed" : `${names} co-signed${time}`;
  return `All sessions that the log holds are here or were deleted (${sessions} are here), as the log has them, which ${seen}.`;
}

function isoTime(seconds: number): string {
  return `${new Date(seconds * 1_000).toISOString().slice(0, 19)}Z`;
}
