/** Keys that are replaced, and records that the writer lost. */

import { holeRecord } from "../../../src/evidence/acceptance.ts";
import { encodeLine } from "../../../src/evidence/line/line.ts";
import { sessionOrigin } from "../../../src/evidence/note/origin.ts";
import { Signer, signCheckpoint } from "../../../src/evidence/note/signer.ts";
import { RunWriter } from "../../../src/evidence/run-writer.ts";
import { hashLeaf } from "../../../src/evidence/tree/leaf.ts";
import { rootOf } from "../../../src/evidence/tree/proofs.ts";
import {
  bundleOf,
  COLLECTOR,
  edited,
  leavesOf,
  noteOf,
  TENANT,
  type TestBundle,
} from "../bundles.ts";
import { hexOf, identityOf, OPEN_FACTS, stampOf, toolDraft } from "../records.ts";
import { at, lines, type Tampering } from "./damage.ts";

const OLD_KEY = COLLECTOR;
const NEW_KEY = new Signer(COLLECTOR.name, Buffer.from(hexOf(77, 64), "hex"));

/** One run that names a new key in its third record. */
const rotating = (() => {
  const writer = new RunWriter(identityOf(3));
  const rotate = { type: "key_rotate", newKey: NEW_KEY.vkey } as const;
  return [
    writer.open(OPEN_FACTS, stampOf(31)),
    writer.append(toolDraft(32)),
    writer.append({ ...stampOf(33), category: "lifecycle", payload: rotate }),
    writer.append(toolDraft(34)),
    writer.append({ ...stampOf(35), category: "lifecycle", payload: { type: "end" } }),
  ].map(({ line }) => line);
})();
const rotatingNote = (size: number, ...signers: readonly Signer[]) =>
  signCheckpoint(
    {
      origin: sessionOrigin(COLLECTOR.name, TENANT, "s-1"),
      size,
      root: rootOf(leavesOf(rotating).slice(0, size)),
    },
    ...(signers as [Signer]),
  );
const rotated = (last: string, middle = rotatingNote(3, OLD_KEY, NEW_KEY)): TestBundle => ({
  lines: rotating,
  files: { "checkpoints/3.note": middle, "checkpoints/5.note": last },
});
const bothKeys = [OLD_KEY.vkey, NEW_KEY.vkey];

export const rotation: Tampering[] = [
  {
    name: "rotation: the new key signs on",
    bundle: rotated(rotatingNote(5, NEW_KEY)),
    verdict: "ok",
    keys: bothKeys,
  },
  {
    name: "rotation: only the new key is known",
    bundle: rotated(rotatingNote(5, NEW_KEY)),
    verdict: "ok",
    keys: [NEW_KEY.vkey],
  },
  {
    name: "rotation: only the old key is known, both signed",
    bundle: rotated(rotatingNote(5, OLD_KEY, NEW_KEY)),
    verdict: "ok",
    keys: [OLD_KEY.vkey],
  },
  {
    name: "rotation: only the old key is known, it signed no more",
    bundle: rotated(rotatingNote(5, NEW_KEY)),
    verdict: "ok-open",
    kind: "unsigned_tail",
    keys: [OLD_KEY.vkey],
  },
  {
    name: "rotation: a retired key signs on alone",
    bundle: rotated(rotatingNote(5, OLD_KEY)),
    verdict: "untrusted",
    kind: "retired_key",
    keys: bothKeys,
  },
  {
    name: "rotation: the old key alone signs the rotating record",
    bundle: rotated(rotatingNote(5, NEW_KEY), rotatingNote(3, OLD_KEY)),
    verdict: "untrusted",
    kind: "retired_key",
    keys: bothKeys,
  },
  {
    name: "rotation: the new key's signature beside a retired one is bad",
    bundle: rotated(rotatingNote(5, OLD_KEY, NEW_KEY).replace(/....\n$/, "AAA=\n")),
    verdict: "untrusted",
    kind: "retired_key",
    keys: [OLD_KEY.vkey],
  },
];

/** The first run alone, where the writer lost two records and says so. */
const holed = (() => {
  const whole = lines.filter((line) => line.includes(`"runId":"${hexOf(1, 32)}"`));
  const [, second = ""] = whole;
  const record = JSON.parse(second);
  const hole = holeRecord(record, { from: 2, to: 3 }, hashLeaf(second), stampOf(500));
  return [...whole.slice(0, 2), encodeLine(hole), ...whole.slice(4)];
})();

const holedBundle: TestBundle = {
  lines: holed,
  files: { "checkpoints/head.note": noteOf(holed, holed.length) },
};

export const losses: Tampering[] = [
  {
    name: "a declared hole",
    bundle: holedBundle,
    verdict: "incomplete",
    kind: "hole",
    line: 3,
  },
  {
    name: "a hole that is taken out",
    bundle: { ...holedBundle, lines: holed.toSpliced(2, 1) },
    verdict: "incomplete",
    kind: "gap",
    line: 3,
  },
  {
    name: "records after the end",
    bundle: bundleOf([...lines, edited(at(8), { seq: 5, previousHash: hashLeaf(at(10)) })]),
    verdict: "ok-open",
  },
];
