import type { ReceiptFile } from "../bundle/parts.ts";
import { readSlice, type Slice } from "../bundle/slice.ts";
import { parseTlogProof, type TlogProof } from "../note/tlog-proof.ts";
import { MAX_RECEIPT_BYTES, parseReceipt } from "../receipt.ts";
import { toUtf8 } from "../rules/bytes.ts";
import type { Findings, LinePlace } from "../rules/findings.ts";
import type { Sha256 } from "../rules/platform.ts";
import { receiptId } from "../rules/receipt-id.ts";
import { type Inclusion, isIncluded, nodeOf } from "../tree/inclusion.ts";
import type { SignedHeads } from "./signed-heads.ts";

/** Checks each receipt at the moment when the leaf it is for is known. */
export class Receipts {
  readonly #files: readonly ReceiptFile<Slice>[];
  readonly #heads: SignedHeads;
  readonly #findings: Findings;
  readonly #sha256: Sha256;
  #next = 0;
  /** Receipts that do not hold, and the records they should be for. */
  readonly #failed: { readonly file: string; readonly place: LinePlace | undefined }[] = [];
  /** How many hold, and how many are by keys that were not given. */
  held = 0;
  ignored = 0;

  constructor(
    files: readonly ReceiptFile<Slice>[],
    heads: SignedHeads,
    findings: Findings,
    sha256: Sha256,
  ) {
    this.#sha256 = sha256;
    this.#files = files;
    this.#heads = heads;
    this.#findings = findings;
  }

  /** Checks the receipts for the record at `index`. */
  check(index: number, leaf: string, place: LinePlace): void {
    for (;;) {
      const file = this.#files[this.#next];
      if (file === undefined || file.index > index) return;
      this.#next += 1;
      this.#checkFile(file, leaf, place);
    }
  }

  /** Looks at receipts for records that are not there: their signed sizes tell. */
  finish(): void {
    for (const file of this.#files.slice(this.#next)) this.#checkFile(file, undefined, undefined);
  }

  /** @param isExplained whether records are missing, so that indexes say nothing */
  report(isExplained: boolean): void {
    if (isExplained) return;
    for (const { file, place } of this.#failed) {
      this.#findings.add("bad_receipt", file, "the receipt is not for this record", place);
    }
  }

  #checkFile(
    file: ReceiptFile<Slice>,
    leaf: string | undefined,
    place: LinePlace | undefined,
  ): void {
    try {
      const { proof, claims } = readReceipt(file);
      const head = this.#heads.add(file.name, toUtf8(proof.note));
      if (head === undefined) {
        this.ignored += 1;
        return;
      }
      const { index, hashes } = proof;
      const { size, root } = head;
      const holds =
        index === file.index &&
        (leaf === undefined
          ? index < size
          : claims(leaf) && this.#isIncluded({ index, size, leaf, proof: hashes, root }));
      if (holds) this.held += 1;
      else this.#failed.push({ file: file.name, place });
    } catch (error) {
      this.#heads.reject(file.name, error, "malformed_receipt");
    }
  }

  #isIncluded(claim: Inclusion): boolean {
    return isIncluded(claim, (left, right) => nodeOf(left, right, this.#sha256));
  }
}

interface ReadReceipt {
  readonly proof: TlogProof;
  /** Whether what stands around the proof fits the record. */
  readonly claims: (leaf: string) => boolean;
}

function readReceipt({ name, file }: ReceiptFile<Slice>): ReadReceipt {
  const bytes = readSlice(file, MAX_RECEIPT_BYTES);
  if (name.endsWith(".tlog-proof")) return { proof: parseTlogProof(bytes), claims: () => true };
  const receipt = parseReceipt(bytes);
  return {
    proof: parseTlogProof(toUtf8(receipt.tlogProof)),
    claims: (leaf) => receipt.eventHash === leaf && receipt.receiptId === receiptId(leaf),
  };
}
