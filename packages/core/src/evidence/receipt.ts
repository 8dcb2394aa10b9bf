/** Receipts: what the collector hands out for one record. Only the proof text in it is trusted. */
import { EvidenceError } from "./error.ts";
import { fromUtf8 } from "./rules/bytes.ts";

export const MAX_RECEIPT_BYTES = 196_608;
/** Deeper nesting is refused: not every reader of JSON can follow it. */
const MAX_DEPTH = 64;

/** What of a receipt is compared with the record it is for. */
export interface ReceiptClaim {
  readonly receiptId: string;
  /** Leaf of the record. */
  readonly eventHash: string;
  /** C2SP tlog-proof text, which alone carries proof. */
  readonly tlogProof: string;
}

/**
 * Reads the JSON form of a receipt; fields around the proof are not looked at.
 *
 * @throws {EvidenceError} when it is no receipt
 */
export function parseReceipt(bytes: Uint8Array): ReceiptClaim {
  const receipt = parseObject(bytes);
  const evidence = isObject(receipt.evidence) ? receipt.evidence : {};
  const { receipt_id: id } = receipt;
  const { event_hash: eventHash, tlog_proof: tlogProof } = evidence;
  if (typeof id !== "string" || typeof eventHash !== "string" || typeof tlogProof !== "string") {
    throw new EvidenceError("invalid_proof", "not a receipt: it holds no id, hash or proof");
  }
  return { receiptId: id, eventHash, tlogProof };
}

function parseObject(bytes: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const text = fromUtf8(bytes) ?? "";
    const parsed: unknown = depthOf(text) > MAX_DEPTH ? undefined : JSON.parse(text);
    if (isObject(parsed)) return parsed;
  } catch {
    // Reported below: what JSON.parse says would repeat part of the file.
  }
  throw new EvidenceError("invalid_proof", "not a receipt: it is no JSON object");
}

/** How deep brackets nest outside of strings. */
function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  let isInString = false;
  for (let index = 0; index < json.length; index += 1) {
    const character = json[index] ?? "";
    if (character === "\\") index += 1;
    else if (character === '"') isInString = !isInString;
    else if (!isInString && "{[".includes(character)) depth += 1;
    else if (!isInString && "]}".includes(character)) depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
