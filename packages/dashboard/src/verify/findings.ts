/** What verification can find, and how grave it is; the same words as `caum verify` has. */

/** Verdicts from the gravest to the best. */
const VERDICTS = [
  "malformed",
  "untrusted",
  "tampered",
  "forked",
  "incomplete",
  "ok-redacted",
  "ok-open",
  "ok",
] as const;

export type Verdict = (typeof VERDICTS)[number];

const VERDICT_OF = {
  not_a_bundle: "malformed",
  malformed_record: "malformed",
  malformed_note: "malformed",
  malformed_receipt: "malformed",
  duplicate: "malformed",
  no_note: "untrusted",
  altered: "tampered",
  reordered: "tampered",
  spliced: "tampered",
  root_mismatch: "tampered",
  wrong_origin: "tampered",
  bad_signature: "tampered",
  bad_receipt: "tampered",
  fork: "forked",
  gap: "incomplete",
  hole: "incomplete",
  missing_records: "incomplete",
  torn_line: "incomplete",
  unsigned_tail: "ok-open",
} as const satisfies Readonly<Record<string, Verdict>>;

export type FindingKind = keyof typeof VERDICT_OF;

export interface Finding {
  readonly kind: FindingKind;
  readonly message: string;
  /** Line of the records file, counted from 1. */
  readonly line: number | undefined;
}

/** A damaged bundle may hold a finding per line; the first ones tell enough. */
const MAX_FINDINGS = 100;

export class Findings {
  readonly #kept: Finding[] = [];
  readonly #kinds = new Set<FindingKind>();

  add(kind: FindingKind, message: string, line?: number): void {
    this.#kinds.add(kind);
    if (this.#kept.length < MAX_FINDINGS) this.#kept.push({ kind, message, line });
  }

  has(...kinds: readonly FindingKind[]): boolean {
    return kinds.some((kind) => this.#kinds.has(kind));
  }

  /** @param unless the verdict if nothing was found */
  verdict(unless: Verdict): Verdict {
    const found = new Set<Verdict>([...this.#kinds].map((kind) => VERDICT_OF[kind]));
    return VERDICTS.find((verdict) => verdict === unless || found.has(verdict)) ?? unless;
  }

  get list(): readonly Finding[] {
    return this.#kept;
  }
}
