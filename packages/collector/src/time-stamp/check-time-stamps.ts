import type { X509Certificate } from "node:crypto";
import type { CheckedTimeStamp, TimeStampFiles } from "@caum/core/verify";
import { checkReply } from "./check-reply.ts";

/** The time-stamps of a bundle by themselves, in the order of their names. */
export async function checkTimeStamps(
  { replies, texts }: TimeStampFiles,
  authorities: readonly X509Certificate[],
): Promise<readonly CheckedTimeStamp[]> {
  const checked: CheckedTimeStamp[] = [];
  for (const [file, reply] of replies) {
    const result = reply
      ? await checkReply(reply, { texts, authorities })
      : ({ fault: "too_long" } as const);
    const { fault } = result;
    if (fault !== null)
      checked.push({ file, fault, imprint: null, authority: null, timeSeconds: null });
    else {
      const { imprint, authority, timeSeconds } = result;
      checked.push({ file, fault, imprint, authority, timeSeconds });
    }
  }
  return checked;
}
