/** What verification can find, how grave it is, and where it was. */

/** Verdicts from the gravest to the best. */
export const VERDICTS = [
  "malformed",
  "untrusted",
  "tampered",
  "forked",
  "incomplete",
  "ok-redacted",
  "ok-open",
  "ok",
] as const;

export type BundleVerdict = (typeof VERDICTS)[number];

/** Every kind of finding and the best verdict it leaves. */
export const VERDICT_OF = {
  not_a_bundle: "malformed",
  malformed_record: "malformed",
  line_too_long: "malformed",
  duplicate: "malformed",
  malformed_tombstone: "malformed",
  malformed_note: "malformed",
  malformed_receipt: "malformed",
  malformed_fork: "malformed",
  malformed_log_proof: "malformed",
  too_many_runs: "malformed",
  no_note: "untrusted",
  retired_key: "untrusted",
  altered: "tampered",
  reordered: "tampered",
  spliced: "tampered",
  root_mismatch: "tampered",
  wrong_origin: "tampered",
  wrong_session: "tampered",
  bad_signature: "tampered",
  bad_receipt: "tampered",
  not_in_log: "tampered",
  checkpoint_fork: "forked",
  log_fork: "forked",
  fork: "forked",
  gap: "incomplete",
  hole: "incomplete",
  missing_records: "incomplete",
  torn_line: "incomplete",
  unsigned_tail: "ok-open",
} as const satisfies Readonly<Record<string, BundleVerdict>>;

export type FindingKind = keyof typeof VERDICT_OF;

/** Where a record stands; lines count from 1. */
export interface LinePlace {
  readonly line: number;
  readonly run: string;
  readonly seq: number;
}

export interface BundleFinding {
  readonly kind: FindingKind;
  readonly file: string;
  readonly line: number | null;
  readonly run: string | null;
  readonly seq: number | null;
  /** One sentence: what is wrong. */
  readonly message: string;
}

/** A damaged bundle may hold a finding per line; the first ones tell enough. */
const MAX_FINDINGS = 100;

/** Findings in the order they were made, the gravest verdict over all of them. */
export class Findings {
  readonly #kept: BundleFinding[] = [];
  readonly #kinds = new Set<FindingKind>();

  add(kind: FindingKind, file: string, message: string, place?: Partial<LinePlace>): void {
    this.#kinds.add(kind);
    if (this.#kept.length >= MAX_FINDINGS) return;
    const { line = null, run = null, seq = null } = place ?? {};
    this.#kept.push({ kind, file, line, run, seq, message });
  }

  has(...kinds: readonly FindingKind[]): boolean {
    return kinds.some((kind) => this.#kinds.has(kind));
  }

  /** @param unless the verdict if nothing was found. @returns the gravest of it and all findings */
  verdict(unless: BundleVerdict): BundleVerdict {
    const found = new Set<BundleVerdict>([...this.#kinds].map((kind) => VERDICT_OF[kind]));
    return VERDICTS.find((verdict) => verdict === unless || found.has(verdict)) ?? unless;
  }

  /** By line, what has no line last. */
  get list(): readonly BundleFinding[] {
    const lineOf = ({ line }: BundleFinding) => line ?? Number.POSITIVE_INFINITY;
    return this.#kept.toSorted((a, b) => (lineOf(a) === lineOf(b) ? 0 : lineOf(a) - lineOf(b)));
  }
}
