/** What a collector holds of the sessions of a round, as an auditor would look at it. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseVerifierKey, verifyBundle } from "@caum/core/verify";
import type { Served } from "../../packages/collector/test/served.ts";

export interface Held {
  /** Of every record that is there, in any session, as often as it is there. */
  readonly eventIds: readonly string[];
  /** Codes of findings, and requests that failed. */
  readonly findings: readonly string[];
}

export async function heldBy(
  served: Served,
  folder: string,
  sessions: Iterable<string>,
): Promise<Held> {
  const eventIds: string[] = [];
  const findings: string[] = [];
  for (const session of sessions) {
    const bytes = await bundleOf(served, session);
    if (typeof bytes === "string") {
      findings.push(bytes);
      continue;
    }
    const path = join(folder, `${session}.tar`);
    writeFileSync(path, bytes);
    const verified = verifyBundle(path, { keys: [parseVerifierKey(served.verifierKey)] });
    findings.push(...verified.findings.map(({ kind }) => kind));
    for (const [, id = ""] of bytes.toString("utf8").matchAll(/"eventId":"([0-9a-f-]{36})"/g)) {
      eventIds.push(id);
    }
  }
  return { eventIds, findings };
}

/** A bundle, or what came in its place: damage may be found when half of it is sent. */
async function bundleOf(served: Served, session: string): Promise<Buffer | string> {
  try {
    const answer = await served.get(`/v1/session/${session}/bundle`);
    const bytes = Buffer.from(await answer.arrayBuffer());
    return answer.status === 200 ? bytes : `http ${answer.status}`;
  } catch {
    return "http cut off";
  }
}

/** How many of the acknowledged are not there, and how many of all are there again. */
export function missing({ eventIds }: Held, acknowledged: readonly string[]) {
  const there = new Set(eventIds);
  return {
    lost: acknowledged.filter((id) => !there.has(id)).length,
    doubled: eventIds.length - there.size,
  };
}
