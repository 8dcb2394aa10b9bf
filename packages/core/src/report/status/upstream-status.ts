/** What a person wants to know of each collector, for `caum status`. */
import { accessSync, constants, lstatSync } from "node:fs";
import { join } from "node:path";
import { namesIn, namesInNow } from "../spool/owned-folder.ts";
import { REJECTED_FILE } from "../spool/rejected.ts";
import { countUntrusted } from "../spool/segment-reader.ts";
import { segmentPath, segmentsIn } from "../spool/segments.ts";
import { isTrustedFolder, openTrusted } from "../spool/trusted.ts";
import { readNote, type UpstreamNote } from "./upstream-notes.ts";

const NEWLINE = 0x0a;

export interface UpstreamStatus extends UpstreamNote {
  /** Names the spool: one collector under one key. */
  readonly tag: string;
  /** Records that wait on this disk, of all processes. */
  readonly spooled: number;
  readonly spooledBytes: number;
  /** Records that the collector did not take, as far as they are kept. */
  readonly rejected: number;
  /** Spool folders that are links, of somebody else or open to others, or hold such segments. */
  readonly refused: number;
}

export function upstreamsFolder(home: string): string {
  return join(home, "upstream");
}

/** The state of every collector that this home has had. */
export async function readUpstreams(home: string): Promise<readonly UpstreamStatus[]> {
  const found: UpstreamStatus[] = [];
  for (const tag of namesInNow(upstreamsFolder(home))) {
    const root = join(upstreamsFolder(home), tag);
    const note = readNote(root);
    if (note) found.push({ tag, ...note, ...(await countSpooled(root)) });
  }
  return found;
}

/** Why this user can spool nothing in this home; undefined when nothing speaks against it. */
export function spoolProblem(home: string): string | undefined {
  const folder = upstreamsFolder(home);
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (found && !found.isDirectory()) return `${folder} is no folder: move it away`;
  try {
    const isThere = found ?? lstatSync(home, { throwIfNoEntry: false });
    if (isThere) accessSync(found ? folder : home, constants.W_OK | constants.X_OK);
    return undefined;
  } catch {
    return `${found ? folder : home} cannot be written: look at its rights`;
  }
}

async function countSpooled(root: string) {
  let spooled = 0;
  let spooledBytes = 0;
  let refused = 0;
  const processes = join(root, "processes");
  const isTrusted = await isTrustedFolder(processes);
  for (const name of await namesIn(processes)) {
    const folder = join(processes, name);
    const untrusted =
      isTrusted && (await isTrustedFolder(folder)) ? await countUntrusted(folder) : 1;
    if (untrusted > 0) {
      refused += 1;
      continue;
    }
    for (const segment of await segmentsIn(folder)) {
      const counted = await countLines(segmentPath(folder, segment));
      spooled += counted.lines;
      spooledBytes += counted.bytes;
    }
  }
  const { lines: rejected } = await countLines(join(root, REJECTED_FILE));
  return { spooled, spooledBytes, rejected, refused };
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
