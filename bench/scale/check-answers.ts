/** Asks the nodes themselves: for receipts, and for the same answer to the same event. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseVerifierKey, verifyBundle } from "@caum/core/verify";
import type { NodeProcess } from "./node-process.ts";
import { type Acknowledged, post } from "./senders.ts";
import { eventAt } from "./stream.ts";

const SAMPLE = 200;
const BUNDLES = 20;

/** @returns how many of a sample of events got another answer than at first */
export async function otherAnswers(
  nodes: readonly NodeProcess[],
  { events }: Acknowledged,
  sent: number,
  sessions: number,
): Promise<{ readonly asked: number; readonly other: number }> {
  let [asked, other] = [0, 0];
  for (let at = 0; at < SAMPLE; at++) {
    const event = eventAt(Math.floor((at * sent) / SAMPLE), sessions);
    const receivedAt = events.get(event.eventId);
    if (receivedAt === undefined) continue;
    const message = { path: "/v1/events", type: "application/json", body: event.body };
    const answers = await Promise.all(
      nodes.map(({ ready }) => post(ready.url, ready.apiKey, message)),
    );
    for (const { status, text } of answers) {
      asked += 1;
      const isSame = status < 300 && text.includes('"duplicate":true') && text.includes(receivedAt);
      if (!isSame) other += 1;
    }
  }
  return { asked, other };
}

/** @returns how many of a sample of exported sessions do not verify */
export async function badBundles(
  nodes: readonly NodeProcess[],
  ids: readonly string[],
): Promise<{ readonly asked: number; readonly bad: number }> {
  const folder = mkdtempSync(join(tmpdir(), "caum-scale-"));
  const step = Math.max(1, Math.floor(ids.length / BUNDLES));
  const sample = ids.filter((_, at) => at % step === 0).slice(0, BUNDLES);
  let bad = 0;
  for (const [at, id] of sample.entries()) {
    const node = nodes[at % nodes.length];
    if (node === undefined) continue;
    const { url, apiKey, verifierKey } = node.ready;
    const answer = await fetch(`${url}/v1/session/${id}/bundle`, {
      headers: { authorization: `Bearer ${apiKey}` },
    });
    const path = join(folder, `${at}.tar`);
    writeFileSync(path, Buffer.from(await answer.arrayBuffer()));
    const { verdict, findings, signedBy } = verifyBundle(path, {
      keys: [parseVerifierKey(verifierKey)],
    });
    const holds = verdict.startsWith("ok") && findings.length === 0 && signedBy.length > 0;
    if (!answer.ok || !holds) bad += 1;
  }
  rmSync(folder, { recursive: true, force: true });
  return { asked: sample.length, bad };
}
