/** `@caum/core/verify/rules`: what evidence must be, for whoever checks it without Node: a page. */

export { listTar } from "./evidence/bundle/list-tar.ts";
export {
  archiveKind,
  checkTotal,
  checkUnpacked,
  listZip,
  MAX_UNPACKED_BYTES,
  type Packed,
  readGzip,
} from "./evidence/bundle/packed.ts";
export { type Bundle, isPart, partsOf, withoutFolder } from "./evidence/bundle/parts.ts";
export { MemorySlice, type Slice } from "./evidence/bundle/slice.ts";
export { canonicalJson } from "./evidence/line/jcs.ts";
export { readVerifierKey } from "./evidence/note/verifier-key.ts";
export { fromHex, joined, toHex, toUtf8 } from "./evidence/rules/bytes.ts";
export { MAX_LINE_BYTES, NO_PREVIOUS_HASH } from "./evidence/rules/chain.ts";
export type { BundleFinding, BundleVerdict, FindingKind } from "./evidence/rules/findings.ts";
export type { Platform } from "./evidence/rules/platform.ts";
export { receiptId } from "./evidence/rules/receipt-id.ts";
export { ListedTree } from "./evidence/tree/inclusion.ts";
export { checkBundle } from "./evidence/verify/check-bundle.ts";
