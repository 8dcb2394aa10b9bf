/**
 * Notes that a part of ours is missing or failed, where the next recorder and `caum status` look for
 * it. The launcher writes the same lines. Read by `blind-notes.ts` of the core.
 */
import { appendFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { homeFolder } from "./home-folder.ts";

const MAX_BYTES = 64 * 1024;

export function noteBlind(
  part: "recorder" | "uploader" | "address",
  home: string | undefined,
): void {
  try {
    const file = join(homeFolder(home), "blind.ndjson");
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > MAX_BYTES) return;
    const at = Math.floor(Date.now() / 1_000);
    appendFileSync(file, `{"at":${at},"part":"${part}"}\n`, { mode: 0o600 });
  } catch {
    // Without a home there is nobody to be told.
  }
}
