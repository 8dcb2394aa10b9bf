/** The files of one spool folder: NDJSON segments, numbered from 1. */
import { lstatSync } from "node:fs";
import { lstat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { namesIn, namesInNow } from "./owned-folder.ts";

/** A place in the segments of a folder. */
export interface Cursor {
  readonly segment: number;
  readonly offset: number;
}

export const START: Cursor = { segment: 1, offset: 0 };
export const SEGMENT_BYTES = 1024 * 1024;

/** What the segments hold; beside them, because it must not end where they do. */
export const KEPT_FILE = "kept.ndjson";

const NAME = /^(\d{8})\.ndjson$/;
const NAME_DIGITS = 8;

export function segmentPath(folder: string, segment: number): string {
  return join(folder, `${String(segment).padStart(NAME_DIGITS, "0")}.ndjson`);
}

/** The numbers of the segments that are there, oldest first. */
export async function segmentsIn(folder: string): Promise<readonly number[]> {
  const numbers = (await namesIn(folder)).map((name) => Number(NAME.exec(name)?.[1] ?? 0));
  return numbers.filter((number) => number > 0).sort((left, right) => left - right);
}

export async function removeSegment(folder: string, segment: number): Promise<void> {
  await unlink(segmentPath(folder, segment)).catch(() => undefined);
}

/** Bytes that all folders of a spool take on the disk. */
export async function bytesIn(root: string): Promise<number> {
  let bytes = 0;
  for (const name of await namesIn(root)) {
    const folder = join(root, name);
    for (const file of (await namesIn(folder)).filter(isCounted)) {
      const found = await lstat(join(folder, file)).catch(() => undefined);
      bytes += found?.size ?? 0;
    }
  }
  return bytes;
}

/** The same at the end of a process, where nothing can be awaited. */
export function bytesInNow(root: string): number {
  const paths = namesInNow(root).flatMap((name) => {
    const folder = join(root, name);
    return namesInNow(folder)
      .filter(isCounted)
      .map((file) => join(folder, file));
  });
  const sizes = paths.map((path) => lstatSync(path, { throwIfNoEntry: false })?.size ?? 0);
  return sizes.reduce((sum, size) => sum + size, 0);
}

function isCounted(name: string): boolean {
  return NAME.test(name) || name === KEPT_FILE;
}
