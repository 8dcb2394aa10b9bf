/** Bundles that are as they should be. */

import { sessionOrigin } from "../../../src/evidence/note/origin.ts";
import { cosignNote, signCheckpoint } from "../../../src/evidence/note/signer.ts";
import { rootOf } from "../../../src/evidence/tree/proofs.ts";
import { COLLECTOR, noteOf, STRANGER, TENANT, WRITER } from "../bundles.ts";
import { good, LAST, lines, note, type Tampering, withFiles, without } from "./damage.ts";

export const fine: Tampering[] = [
  { name: "untouched", bundle: good, verdict: "ok", keys: [COLLECTOR.vkey] },
  {
    name: "untouched, both keys",
    bundle: good,
    verdict: "ok",
    keys: [COLLECTOR.vkey, WRITER.vkey],
  },
  { name: "untouched, only the co-signer known", bundle: good, verdict: "ok", keys: [WRITER.vkey] },
  {
    name: "a third, unknown signer",
    bundle: withFiles({ [LAST]: cosignNote(note(LAST), STRANGER) }),
    verdict: "ok",
  },
  {
    name: "without receipts",
    bundle: without("receipts/1.json", "receipts/6.json"),
    verdict: "ok",
  },
  {
    name: "files that are unknown",
    bundle: withFiles({ "README.txt": "x", "receipts/readme": "x" }),
    verdict: "ok",
  },
  {
    name: "an open session",
    bundle: { lines: lines.slice(0, 8), files: { "checkpoints/8.note": noteOf(lines, 8) } },
    verdict: "ok-open",
  },
  {
    name: "an empty checkpoint of size 0",
    bundle: withFiles({
      "checkpoints/0.note": signCheckpoint(
        { origin: sessionOrigin(COLLECTOR.name, TENANT, "s-1"), size: 0, root: rootOf([]) },
        COLLECTOR,
      ),
    }),
    verdict: "ok",
  },
];
