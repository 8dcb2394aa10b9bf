/** What can be wrong with evidence or with the keys that sign it. */
export type EvidenceFault =
  | "invalid_text"
  | "invalid_id"
  | "line_too_long"
  | "run_not_open"
  | "invalid_state"
  | "invalid_key"
  | "other_key"
  | "invalid_note"
  | "bad_signature"
  | "invalid_checkpoint"
  | "invalid_proof"
  | "invalid_submission"
  | "invalid_bundle"
  | "invalid_policy";

/** Evidence that cannot be written, read or trusted; the message says what to do. */
export class EvidenceError extends Error {
  override readonly name = "EvidenceError";
  readonly fault: EvidenceFault;

  constructor(fault: EvidenceFault, message: string) {
    super(message);
    this.fault = fault;
  }
}
