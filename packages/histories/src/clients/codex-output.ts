/** What Codex reports of how a call went, apart from the call's typed events. */
import type { Status } from "@caum/core";
import { countIn, type Fields, fieldsIn, isFields } from "../fields.ts";

/** How long a call took, in milliseconds; undefined where the item does not say. */
export function durationMsIn(item: Fields): number | undefined {
  const { duration } = item;
  if (!isFields(duration)) return undefined;
  const seconds = countIn(duration, "secs");
  return seconds === undefined
    ? undefined
    : seconds * 1_000 + (countIn(duration, "nanos") ?? 0) / 1e6;
}

const EXIT_CODE = /(?:^|\n)(?:Process exited with code|Exit code:) (\d+)/;
/** Where a command's own output begins: what stands in it says nothing of the command. */
const OUTPUT = /\nOutput:\n/;

/** Whether a command was ended before it was done. */
export function isAborted(output: unknown): boolean {
  return typeof output === "string" && /^(?:Wall time: [^\n]*\n)?aborted(?: by user)?/.test(output);
}

/** Old outputs are JSON in text, with the exit code beside; new ones say it in words. */
export function statusOfOutput(output: unknown): Status {
  if (isFields(output)) {
    const code = countIn(fieldsIn(output, "metadata"), "exit_code") ?? 0;
    return code !== 0 || output.success === false ? "error" : "ok";
  }
  if (typeof output !== "string") return "ok";
  const code = EXIT_CODE.exec(output.split(OUTPUT, 1)[0] ?? "")?.[1] ?? "0";
  return code !== "0" ? "error" : "ok";
}

/** What differs in two equal answers: how long they took, and the number of the piece. */
const HEADER = /^(?:Chunk ID: [^\n]*\n)?(?:Wall time: [^\n]*\n?)/;

/** An answer without what differs each time, so that equal answers are equal. */
export function withoutWallTime(output: unknown): unknown {
  if (typeof output === "string") return output.replace(HEADER, "");
  if (!Array.isArray(output)) return isFields(output) ? (output.output ?? output) : output;
  return output.map((part) =>
    isFields(part) && typeof part.text === "string"
      ? { ...part, text: part.text.replace(HEADER, "") }
      : part,
  );
}
