/** Whose signatures a reader needs (C2SP tlog-policy): logs, witnesses, groups of them, a quorum. */
import { EvidenceError } from "../error.ts";
import type { VerifierKey } from "../note/verifier-key.ts";
import { parseVerifierKey } from "../note/vkey.ts";
import type { Verification } from "./check-bundle.ts";
import type { SignedBy } from "./signed-by.ts";

const MAX_LINES = 10_000;
const NONE = "none";
const DECIMAL = /^[1-9][0-9]{0,4}$/;
/** Controls other than tab and newline. */
const UNFIT = /(?![\n\t])\p{Cc}/u;

/** One witness, or so many of a group. */
type Rule =
  | { readonly kind: "witness"; readonly key: VerifierKey }
  | { readonly kind: "group"; readonly needed: number; readonly members: readonly string[] };

export interface Policy {
  /** One of these must have signed; when there is none, who signs is asked for elsewhere. */
  readonly logs: readonly VerifierKey[];
  readonly witnesses: readonly VerifierKey[];
  readonly rules: ReadonlyMap<string, Rule>;
  /** The rule that must hold. */
  readonly quorum: string;
}

/** @throws {EvidenceError} naming the line that is wrong */
export function parsePolicy(text: string): Policy {
  const lines = text.split("\n");
  if (lines.length > MAX_LINES || UNFIT.test(text)) throw wrong(1, "it is too long or no text");
  const reader = new PolicyReader();
  for (const [index, line] of lines.entries()) {
    const [word = "", ...words] = line.split(/[ \t]+/).filter((part) => part !== "");
    if (word !== "" && !word.startsWith("#")) reader.take(word, words, index + 1);
  }
  return reader.finish(lines.length);
}

/** What has been defined so far: a line may name only that. */
class PolicyReader {
  readonly #logs: VerifierKey[] = [];
  readonly #rules = new Map<string, Rule>();
  /** Names that are members of a group: each may be of one. */
  readonly #members = new Set<string>();
  #quorum: string | undefined;

  take(word: string, words: readonly string[], line: number): void {
    const [first = "", second = "", ...more] = words;
    const isOneOf = (...counts: readonly number[]) => counts.includes(words.length);
    if (word === "log" && isOneOf(1, 2)) this.#logs.push(keyOf(first, line));
    else if (word === "witness" && isOneOf(2, 3)) {
      this.#define(first, { kind: "witness", key: keyOf(second, line) }, line);
    } else if (word === "group" && words.length > 2) {
      this.#define(first, this.#groupOf(second, more, line), line);
    } else if (word === "quorum" && isOneOf(1) && this.#quorum === undefined) {
      if (first !== NONE) this.#checkDefined(first, line);
      this.#quorum = first;
    } else throw wrong(line, "expected log, witness, group or one quorum");
  }

  finish(line: number): Policy {
    if (this.#quorum === undefined) throw wrong(line, "it names no quorum");
    const witnesses = [...this.#rules.values()].flatMap((rule) =>
      rule.kind === "witness" ? [rule.key] : [],
    );
    for (const keys of [this.#logs, witnesses]) {
      const distinct = new Set(keys.map(({ publicKey }) => publicKey));
      if (distinct.size < keys.length) throw wrong(line, "it names a public key twice");
    }
    return { logs: this.#logs, witnesses, rules: this.#rules, quorum: this.#quorum };
  }

  #groupOf(threshold: string, members: readonly string[], line: number): Rule {
    for (const member of members) {
      this.#checkDefined(member, line);
      if (this.#members.has(member)) throw wrong(line, `${member} is a member already`);
      this.#members.add(member);
    }
    const named = threshold === "all" ? members.length : threshold === "any" ? 1 : undefined;
    const needed = named ?? (DECIMAL.test(threshold) ? Number(threshold) : 0);
    if (needed < 1 || needed > members.length) {
      throw wrong(line, "so many members cannot be needed");
    }
    return { kind: "group", needed, members };
  }

  #define(name: string, rule: Rule, line: number): void {
    if (name === NONE || this.#rules.has(name)) throw wrong(line, "the name is taken");
    this.#rules.set(name, rule);
  }

  #checkDefined(name: string, line: number): void {
    if (!this.#rules.has(name)) throw wrong(line, `${name} is not defined before`);
  }
}

function keyOf(text: string, line: number): VerifierKey {
  try {
    return parseVerifierKey(text);
  } catch (error) {
    throw wrong(line, error instanceof Error ? error.message : "no key");
  }
}

function wrong(line: number, why: string): EvidenceError {
  return new EvidenceError("invalid_policy", `not a policy: line ${line}: ${why}`);
}

export interface PolicyResult {
  readonly holds: boolean;
  /** What is missing, in sentences. */
  readonly unmet: readonly string[];
}

/**
 * Whether all records are signed as the policy asks.
 *
 * A witness counts when it signed a checkpoint over all records, at a time that can be.
 */
export function checkPolicy(
  policy: Policy,
  verification: Pick<Verification, "signedBy" | "records">,
): PolicyResult {
  const { signedBy, records } = verification;
  const isOf = (key: VerifierKey) => (one: SignedBy) =>
    one.name === key.name && one.keyId === key.id;
  const counts = (one: SignedBy) => one.upTo >= records && one.timeFault === null;
  const hasSigned = (key: VerifierKey) => signedBy.some((one) => isOf(key)(one) && counts(one));
  const holds = (name: string): boolean => {
    const rule = policy.rules.get(name);
    if (rule === undefined) return name === NONE;
    if (rule.kind === "witness") return hasSigned(rule.key);
    return rule.members.filter(holds).length >= rule.needed;
  };
  const { logs, quorum } = policy;
  const signedByLog = signedBy.some(
    (one) => one.role === "signed" && counts(one) && logs.some((key) => isOf(key)(one)),
  );
  const unmet = [
    ...(logs.length > 0 && !signedByLog ? ["no log of the policy signed all records"] : []),
    ...(holds(quorum) ? [] : [`the quorum ${quorum} did not co-sign all records`]),
  ];
  return { holds: unmet.length === 0, unmet };
}
