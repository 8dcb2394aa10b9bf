/** What a witness has cosigned: for each log its largest checkpoint, as a file. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { formatNote, type Signer, type Submission, sha256 } from "@caum/core/collector";
import {
  type Checkpoint,
  EvidenceError,
  parseCheckpoint,
  parseNote,
  parseVerifierKey,
  type VerifierKey,
  verifySignatures,
} from "@caum/core/verify";

const NOTE = ".note";
const DRAFT = ".tmp";
const OWNER_ONLY = 0o600;

/** A checkpoint that was cosigned. */
export interface Remembered extends Checkpoint {
  /** With the log's signature and the cosignature. */
  readonly note: string;
  /** What the cosignature gives as its time. */
  readonly timeSeconds: number;
}

/** What is remembered cannot be trusted, and a witness that forgets could sign two trees. */
export class DamagedMemoryError extends Error {
  override readonly name = "DamagedMemoryError";

  constructor(what: string) {
    super(
      `${what}: a witness that forgets can sign two trees, so begin again with another folder, and give its new key to the logs`,
    );
  }
}

/**
 * The memory of one witness. A file holds the note with the witness's own cosignature, so that it is
 * checked by that when it is read again.
 *
 * Everything here happens at once, without a pause in which another request could be judged.
 */
export class WitnessMemory {
  readonly #folder: string;
  readonly #signer: Signer;
  readonly #logs: Map<string, Remembered>;

  private constructor(folder: string, signer: Signer, logs: Map<string, Remembered>) {
    this.#folder = folder;
    this.#signer = signer;
    this.#logs = logs;
  }

  /** @throws {DamagedMemoryError} when a file is not as this witness wrote it */
  static open(folder: string, signer: Signer): WitnessMemory {
    const logs = logsIn(folder);
    mkdirSync(logs, { recursive: true, mode: 0o700 });
    syncFolder(folder);
    const key = parseVerifierKey(signer.cosignerKey);
    const remembered = new Map<string, Remembered>();
    for (const file of readdirSync(logs)) {
      // What a process that was killed did not finish, and did not answer.
      if (file.endsWith(DRAFT)) rmSync(join(logs, file), { force: true });
      if (!file.endsWith(NOTE)) continue;
      const one = readRemembered(join(logs, file), key);
      if (one === undefined || file !== fileOf(one.origin)) {
        throw new DamagedMemoryError(`logs/${file} is damaged`);
      }
      remembered.set(one.origin, one);
    }
    return new WitnessMemory(folder, signer, remembered);
  }

  /** What was cosigned last. */
  of(origin: string): Remembered | undefined {
    return this.#logs.get(origin);
  }

  get size(): number {
    return this.#logs.size;
  }

  /** Everything, by origin. */
  get all(): readonly Remembered[] {
    return [...this.#logs.values()].sort((one, other) => (one.origin < other.origin ? -1 : 1));
  }

  /** The same by the SHA-256 of the origin, as hex. */
  byHash(hash: string): Remembered | undefined {
    return [...this.#logs.values()].find(({ origin }) => sha256(origin) === hash);
  }

  /**
   * Cosigns a checkpoint that was judged to follow what is remembered. When this returns, it is on the
   * disk.
   *
   * @param keys the keys of the log
   * @param nowSeconds by the clock; a time that was given for this log before is never undercut
   * @returns the cosignature as a line
   * @throws whatever the disk throws; nothing is cosigned then
   */
  cosign(submission: Submission, keys: readonly VerifierKey[], nowSeconds: number): string {
    const { note, checkpoint } = submission;
    const timeSeconds = Math.max(nowSeconds, this.of(checkpoint.origin)?.timeSeconds ?? 0);
    const line = this.#signer.cosign(note.text, timeSeconds);
    const signers = verifySignatures(note, keys).map(({ key }) => `${key.name} ${key.id}`);
    const ofLog = note.signatures.filter(({ name, keyId }) => signers.includes(`${name} ${keyId}`));
    const text = formatNote({ text: note.text, signatures: [...ofLog, line] });
    const path = join(logsIn(this.#folder), fileOf(checkpoint.origin));
    const draft = `${path}${DRAFT}`;
    writeDurably(draft, text);
    renameSync(draft, path);
    // From here on the disk may have it: nothing else of this size is signed, whatever comes next.
    this.#logs.set(checkpoint.origin, { ...checkpoint, note: text, timeSeconds });
    syncFolder(dirname(path));
    return formatNote({ text: note.text, signatures: [line] }).slice(note.text.length + 1);
  }

  /** Keeps two checkpoints that exclude each other: both are signed by the log, and prove its fork. */
  keepFork({ note, checkpoint }: Submission): void {
    const seen = this.of(checkpoint.origin);
    const folder = join(this.#folder, "forks", sha256(checkpoint.origin));
    // The first one is proof enough.
    if (seen === undefined || existsSync(folder)) return;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeDurably(join(folder, "cosigned.note"), seen.note);
    writeDurably(join(folder, "refused.note"), formatNote(note));
    syncFolder(folder);
  }
}

/** Whether the folder is that of a witness that cosigned before. */
export function hasMemory(folder: string): boolean {
  const logs = logsIn(folder);
  return existsSync(logs) && readdirSync(logs).some((file) => file.endsWith(NOTE));
}

function logsIn(folder: string): string {
  return join(folder, "logs");
}

/** Origins may hold what no file name can. */
function fileOf(origin: string): string {
  return `${sha256(origin)}${NOTE}`;
}

/** @returns undefined when it is not what this witness wrote */
function readRemembered(path: string, key: VerifierKey): Remembered | undefined {
  const bytes = readFileSync(path);
  try {
    const note = parseNote(bytes);
    const [own] = verifySignatures(note, [key]);
    if (own?.timeSeconds === undefined) return undefined;
    const { timeSeconds } = own;
    return { ...parseCheckpoint(note.text), note: bytes.toString("utf8"), timeSeconds };
  } catch (error) {
    if (error instanceof EvidenceError) return undefined;
    throw error;
  }
}

function writeDurably(path: string, text: string): void {
  const file = openSync(path, "w", OWNER_ONLY);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A new name is durable when its folder is. Windows has no handle for that. */
function syncFolder(path: string): void {
  if (process.platform === "win32") return;
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
