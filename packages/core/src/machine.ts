/** `@caum/core/machine`: what is on this machine beside the observed program. */

// Keys.

export { readOrCreateKeyFile } from "./capture/keys/key-file.ts";
export { loadRootKey, type RootKey } from "./capture/keys/root-key.ts";
// A verdict, signed with a key of this machine.
export {
  type AttestedVerdict,
  attest,
  type DsseEnvelope,
  digestOfRecords,
  PREDICATE_TYPE,
} from "./evidence/attestation.ts";
// The digests that a session's key opens; who only verifies needs none of it.
export {
  type ContentCheck,
  type ContentMatch,
  checkContent,
} from "./evidence/disclosed-content.ts";
export { loadWriterKey, rotateWriterKey } from "./evidence/writer-key.ts";

// Runs, and the spool on its way to a collector.

export { openSpoolSender } from "./report/follow-spool.ts";
export { closeLeftRuns } from "./report/local/close-left-runs.ts";
export { isWriterGone } from "./report/local/run-owner.ts";
export { signLeftRuns } from "./report/local/sign-left-runs.ts";
export { previewSpool } from "./report/preview.ts";
export type { SpoolFollower } from "./report/reporter.ts";

// Notices on the desktop.

export { FRESH_MS, LoopTeller, localTeller, loopNotice } from "./report/desktop/loop-teller.ts";
export {
  howToNotify,
  type Notification,
  type NotifierCommand,
  notifierCommand,
  notifyDesktop,
} from "./report/desktop/notifier.ts";
export { loopKey, ToldLoops } from "./report/desktop/told-loops.ts";
