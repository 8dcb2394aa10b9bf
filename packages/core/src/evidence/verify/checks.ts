import type { LogProofs } from "../log/log-proofs.ts";
import type { VerifierKey } from "../note/verifier-key.ts";
import type { FindingKind, Findings } from "../rules/findings.ts";
import type { TimeStamp, TimeStampFault } from "../time-stamp/time-stamp.ts";
import type { Receipts } from "./receipts.ts";
import type { SessionPass } from "./session-pass.ts";
import type { SignedBy, TimeFault } from "./signed-by.ts";
import type { SignedHeads } from "./signed-heads.ts";

/** One question that was put to the bundle. */
export interface Check {
  readonly name: "form" | "order" | "tree" | "signatures" | "receipts" | "log" | "forks";
  readonly holds: boolean;
  /** What was looked at, with its number. */
  readonly detail: string;
}

/** What was looked at. */
export interface Parts {
  readonly heads: SignedHeads;
  readonly receipts: Receipts;
  readonly logProofs: LogProofs;
  readonly pass: SessionPass;
  /** Whether there was a bundle to look at. */
  readonly isOpened: boolean;
}

const BROKEN_BY: Readonly<Record<Check["name"], readonly FindingKind[]>> = {
  form: [
    "not_a_bundle",
    "malformed_record",
    "line_too_long",
    "malformed_tombstone",
    "malformed_note",
    "torn_line",
    "too_many_runs",
  ],
  order: ["duplicate", "altered", "reordered", "spliced", "gap", "hole"],
  tree: ["root_mismatch", "missing_records", "checkpoint_fork"],
  signatures: ["no_note", "bad_signature", "retired_key", "wrong_origin", "wrong_session"],
  receipts: ["malformed_receipt", "bad_receipt"],
  log: ["malformed_log_proof", "not_in_log", "log_fork"],
  forks: ["malformed_fork", "fork"],
};

/** Every question that was answered: where reading stopped, what fails and what needs no records. */
export function checksOf(findings: Findings, parts: Parts): readonly Check[] {
  const { heads, receipts, logProofs, pass, isOpened } = parts;
  const details: Readonly<Record<Check["name"], string>> = {
    form: "every line is its own canonical form and fits the schema",
    order: `every run is whole, in order and linked record by record${tailOf(pass)}`,
    tree: `the records have every root that is signed (${heads.count})`,
    signatures: "every given key name signed a checkpoint of this tree",
    receipts: `receipts are for their records (${receipts.held}; by other keys: ${receipts.ignored})`,
    log: `heads are in the log of their collector (${logProofs.held}; others: ${logProofs.ignored})`,
    forks: "no record was set aside for contradicting another one",
  };
  // The table above lists every name.
  const names = Object.keys(BROKEN_BY) as Check["name"][];
  // Anybody can link records: what nobody signed has a form, and no order that could hold.
  const hasLog = logProofs.held + logProofs.ignored > 0;
  const isAnswered = (name: Check["name"]) =>
    pass.isWhole && (pass.signedSize > 0 || name === "form") && (name !== "log" || hasLog);
  return names
    .map((name) => ({ name, holds: !findings.has(...BROKEN_BY[name]), detail: details[name] }))
    .filter(({ name, holds }) => isAnswered(name) || !holds || (isOpened && name === "signatures"));
}

function tailOf({ signedSize, tree }: SessionPass): string {
  return signedSize < tree.size ? `, up to the last one that is signed (${signedSize})` : "";
}

const IMPOSSIBLE: Readonly<Record<TimeFault, string>> = {
  before_records: "the time it gives is impossible, before that of the records",
  in_future: "the time it gives is impossible, in the future",
};

interface Outcome {
  readonly pass: SessionPass;
  readonly signedBy: readonly SignedBy[];
  readonly closed: boolean;
  readonly uncheckable: readonly VerifierKey[];
  readonly timeStamps: readonly TimeStamp[];
}

const STAMP_SAYS_NOTHING: Readonly<Record<Exclude<TimeStampFault, "unchecked">, string>> = {
  too_long: "it is too long",
  malformed: "it is no time-stamp, or was changed",
  rejected: "the authority refused it",
  other_imprint: "it is for no checkpoint that a given key signed here",
  unknown_authority: "it is by another authority than was named",
  wrong_usage: "the certificate that signed it is not for time-stamps",
  outside_validity: "a certificate was not valid at its time",
};

/** What no verification of this bundle can show, said in the same breath. */
export function notProven(outcome: Outcome): readonly string[] {
  const { pass, signedBy, closed, uncheckable, timeStamps } = outcome;
  const cosigners = signedBy.filter(({ role }) => role === "co-signed");
  const cosignedTo = Math.max(0, ...cosigners.map(({ upTo }) => upTo));
  if (!pass.isWhole) return ["anything: it could not be read to its end"];
  const { signedSize } = pass;
  if (signedSize === 0) return ["anything: nobody whose key was given has signed a record of it"];
  return [
    ...(signedSize < pass.tree.size
      ? [`that the records after number ${signedSize} are what was recorded: not signed yet`]
      : []),
    ...(closed ? [] : ["what came after the last record: it is not closed"]),
    ...(cosigners.length === 0
      ? ["that the signer did not rewrite it as a whole: nobody co-signed it"]
      : []),
    ...(cosigners.length > 0 && cosignedTo < pass.tree.size
      ? [`that the signer did not rewrite the records after number ${cosignedTo}: not co-signed`]
      : []),
    ...uncheckable.map(({ name }) => `that ${name} signed it: this machine has no ML-DSA-44`),
    ...signedBy.flatMap(({ name, timeFault }) =>
      timeFault === null ? [] : [`when ${name} saw it: ${IMPOSSIBLE[timeFault]}`],
    ),
    ...stampsNotProven(timeStamps),
    ...(pass.imported > 0 ? [`that what is told in ${pass.imported} imported runs happened`] : []),
    ...(pass.dropped > 0 ? [`what ${pass.dropped} events were that were not recorded`] : []),
    ...(pass.tombstones > 0 ? [`what ${pass.tombstones} deleted records said`] : []),
    "that the recorder saw every call, and that clocks were right",
  ];
}

function stampsNotProven(timeStamps: readonly TimeStamp[]): readonly string[] {
  const unchecked = timeStamps.filter(({ fault }) => fault === "unchecked").length;
  return [
    ...(unchecked > 0
      ? [`when it was there, by its ${unchecked} time-stamps: no authority was named for them`]
      : []),
    ...timeStamps.flatMap(({ file, fault, authority, timeFault }) => {
      if (fault !== null) {
        return fault === "unchecked" ? [] : [`a time by ${file}: ${STAMP_SAYS_NOTHING[fault]}`];
      }
      return timeFault === null ? [] : [`when ${authority} stamped it: ${IMPOSSIBLE[timeFault]}`];
    }),
  ];
}
