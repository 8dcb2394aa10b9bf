/** `@caum/core/verify/rules`: what evidence must be, for whoever checks it without Node: a page. */

export { canonicalJson } from "./evidence/line/jcs.ts";
export { MAX_LINE_BYTES, NO_PREVIOUS_HASH } from "./evidence/rules/chain.ts";
export {
  type BundleFinding,
  type BundleVerdict,
  type FindingKind,
  Findings,
} from "./evidence/rules/findings.ts";
export { receiptId } from "./evidence/rules/receipt-id.ts";
export { Runs } from "./evidence/rules/runs.ts";
export { parseTombstone } from "./evidence/rules/side-lines.ts";
