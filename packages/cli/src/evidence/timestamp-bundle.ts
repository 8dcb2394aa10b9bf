import { existsSync } from "node:fs";
import { parseCheckpoint, readTimeStamps, type TimeStampFiles } from "@caum/core/verify";
import { addToBundle } from "../export/add-to-bundle.ts";
import { say, sayJson } from "../terminal/say.ts";

export interface TimestampFlags {
  readonly authority: string;
  readonly json?: boolean;
}

/** Has an authority stamp a bundle and adds its reply. @throws {Error} when nothing is added */
export async function timestampBundle(
  bundle: string,
  { authority: url, json }: TimestampFlags,
): Promise<void> {
  if (!existsSync(bundle)) throw new Error(`no such file or folder: ${bundle}: name a bundle`);
  if (!isAddress(url)) throw new Error("--authority takes an http or https URL");
  const files = readTimeStamps(bundle);
  const largest = largestOf(files);
  if (largest === undefined) throw new Error("it holds no checkpoint to stamp: export it again");
  const { askAuthority } = await import("@caum/collector/time-stamp");
  const { reply, authority, timeSeconds } = await askAuthority(url, largest.text);
  const file = freeName(files, largest.size);
  addToBundle(bundle, file, reply);
  const time = `${new Date(timeSeconds * 1_000).toISOString().slice(0, 19)}Z`;
  if (json) sayJson({ bundle, file, size: largest.size, authority, timeSeconds });
  else say(`${authority} stamped ${largest.size} records at ${time} at the latest: ${file}`);
}

function largestOf({ texts }: TimeStampFiles): { text: string; size: number } | undefined {
  const heads = texts.flatMap((text) => {
    try {
      return [{ text, size: parseCheckpoint(text).size }];
    } catch {
      // A note that is no checkpoint: its verification says so.
      return [];
    }
  });
  return heads.filter(({ size }) => size > 0).toSorted((a, b) => b.size - a.size)[0];
}

function freeName({ replies }: TimeStampFiles, size: number): string {
  const nameOf = (at: number) => `timestamps/${size}-${at}.tsr`;
  let at = 0;
  while (replies.has(nameOf(at))) at += 1;
  return nameOf(at);
}

function isAddress(text: string): boolean {
  return URL.canParse(text) && ["http:", "https:"].includes(new URL(text).protocol);
}
