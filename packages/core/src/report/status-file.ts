/** What a person wants to know of one collector: kept beside its spool for `caum status`. */
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { namesIn } from "./spool/owned-folder.ts";
import { segmentPath, segmentsIn } from "./spool/segments.ts";
import { openTrusted } from "./spool/trusted.ts";
import { isCount, isObject, jsonOf } from "./upstream/answer.ts";

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
const STATUS_FILE = "status.json";
const NEWLINE = 0x0a;

export interface UpstreamNote {
  readonly url: string;
  readonly protocol: string;
  /** Events that any process had to leave unrecorded, since the file was made. */
  readonly dropped: number;
  readonly lastError?: { readonly at: string; readonly code: string; readonly message: string };
}

export interface UpstreamStatus extends UpstreamNote {
  /** Names the spool: one collector under one key. */
  readonly tag: string;
  /** Records that wait on this disk, of all processes. */
  readonly spooled: number;
  readonly spooledBytes: number;
  /** Records that the collector did not take. */
  readonly rejected: number;
}

export function upstreamsFolder(home: string): string {
  return join(home, "upstream");
}

/** Notes something about a collector; what was noted before stays. */
export function noteUpstream(root: string, change: Partial<UpstreamNote>): void {
  try {
    const before = readNote(root);
    const dropped = (before?.dropped ?? 0) + (change.dropped ?? 0);
    const path = join(root, STATUS_FILE);
    mkdirSync(root, { recursive: true, mode: FOLDER_MODE });
    const text = `${JSON.stringify({ ...before, ...change, dropped })}\n`;
    writeFileSync(`${path}.${process.pid}.new`, text, { mode: FILE_MODE });
    renameSync(`${path}.${process.pid}.new`, path);
  } catch {
    // A status that cannot be written is told by the spool as well.
  }
}

/** The state of every collector that this home has had. */
export async function readUpstreams(home: string): Promise<readonly UpstreamStatus[]> {
  const found: UpstreamStatus[] = [];
  for (const tag of namesNow(upstreamsFolder(home))) {
    const root = join(upstreamsFolder(home), tag);
    const note = readNote(root);
    if (note) found.push({ tag, ...note, ...(await countSpooled(root)) });
  }
  return found;
}

async function countSpooled(root: string) {
  let spooled = 0;
  let spooledBytes = 0;
  const processes = join(root, "processes");
  for (const name of await namesIn(processes)) {
    const folder = join(processes, name);
    for (const segment of await segmentsIn(folder)) {
      const counted = await countLines(segmentPath(folder, segment));
      spooled += counted.lines;
      spooledBytes += counted.bytes;
    }
  }
  const { lines: rejected } = await countLines(join(root, "rejected.ndjson"));
  return { spooled, spooledBytes, rejected };
}

async function countLines(path: string): Promise<{ lines: number; bytes: number }> {
  const file = await openTrusted(path);
  let lines = 0;
  let bytes = 0;
  if (!file) return { lines, bytes };
  try {
    for await (const chunk of file.createReadStream()) {
      // True because the stream has no encoding.
      const piece = chunk as Buffer;
      bytes += piece.length;
      for (let at = piece.indexOf(NEWLINE); at !== -1; at = piece.indexOf(NEWLINE, at + 1)) {
        lines += 1;
      }
    }
  } finally {
    await file.close().catch(() => undefined);
  }
  return { lines, bytes };
}

function readNote(root: string): UpstreamNote | undefined {
  const { url, protocol, dropped, lastError } = jsonOf(textAt(join(root, STATUS_FILE))) ?? {};
  if (typeof url !== "string" || typeof protocol !== "string" || !isCount(dropped))
    return undefined;
  const isError = isObject(lastError) && typeof lastError.message === "string";
  if (!isError) return { url, protocol, dropped };
  const { at, code, message } = lastError;
  return {
    url,
    protocol,
    dropped,
    lastError: { at: String(at), code: String(code), message: String(message) },
  };
}

function textAt(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function namesNow(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
