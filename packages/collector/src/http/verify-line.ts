import { shellWord } from "@caum/core/settings";

/** How a session is exported and checked, to be copied into a shell. */
export function verifyLine(sessionId: string, vkey: string, more = ""): string {
  const word = shellWord(sessionId);
  // After `--` a name that begins with a dash is no option.
  const place = sessionId.startsWith("-") ? `--out bundle -- ${word}` : `${word} --out bundle`;
  return `caum export ${place} && caum verify bundle --key ${shellWord(vkey)}${more}`;
}
