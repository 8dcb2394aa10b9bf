/** Policies, line by line (C2SP tlog-policy), and what they ask of a verification. */
import { expect, test } from "vitest";
import { EvidenceError } from "../../../src/evidence/error.ts";
import { parseVerifierKey } from "../../../src/evidence/note/vkey.ts";
import { checkPolicy, parsePolicy } from "../../../src/evidence/verify/policy.ts";
import type { SignedBy } from "../../../src/evidence/verify/signed-by.ts";
import { signerOf } from "../records.ts";

const LOG = signerOf("log.example");
const OTHER_LOG = signerOf("other-log.example/x");
const [A, B, C, D] = ["a", "bb", "ccc", "dddd"].map((name) => signerOf(`${name}.example`)) as [
  typeof LOG,
  typeof LOG,
  typeof LOG,
  typeof LOG,
];

function told(text: string): unknown {
  try {
    const { logs, witnesses, rules, quorum } = parsePolicy(text);
    return {
      logs: logs.map(({ name }) => name),
      witnesses: witnesses.map(({ name }) => name),
      rules: [...rules.keys()],
      quorum,
    };
  } catch (error) {
    if (error instanceof EvidenceError && error.fault === "invalid_policy") return error.message;
    throw error;
  }
}
const lines = (...of: readonly string[]) => of.join("\n");
const witness = (name: string, signer: typeof LOG) => `witness ${name} ${signer.cosignerKey}`;
const THREE = [witness("A", A), witness("B", B), witness("C", C)];
const wrong = (line: number, why: string) => `not a policy: line ${line}: ${why}`;
const EXPECTED = "expected log, witness, group or one quorum";

test("lines are of words, whatever spaces and comments stand around them", () => {
  const text = lines(
    "# a comment",
    "",
    "   # another one",
    `\tlog  ${LOG.vkey}\thttps://log.example  `,
    `log ${OTHER_LOG.vkey}`,
    `${witness("A", A)} https://a.example`,
    witness("B", B),
    "group both all A B",
    " quorum\tboth ",
    "",
  );
  expect(told(text)).toEqual({
    logs: [LOG.name, OTHER_LOG.name],
    witnesses: [A.name, B.name],
    rules: ["A", "B", "both"],
    quorum: "both",
  });
});

test.each<[string, string, string]>([
  ["nothing", "", wrong(1, "it names no quorum")],
  ["no quorum", lines(...THREE, ""), wrong(4, "it names no quorum")],
  ["a quorum of no word", "quorum", wrong(1, EXPECTED)],
  ["a quorum of two words", lines(...THREE, "quorum A B"), wrong(4, EXPECTED)],
  ["two quorums", "quorum none\nquorum none", wrong(2, EXPECTED)],
  [
    "a quorum that is not defined",
    lines(...THREE, "quorum D"),
    wrong(4, "D is not defined before"),
  ],
  [
    "a quorum that is defined later",
    lines("quorum A", ...THREE),
    wrong(1, "A is not defined before"),
  ],
  ["a log without a key", "log", wrong(1, EXPECTED)],
  ["a log of three words", `log ${LOG.vkey} a b`, wrong(1, EXPECTED)],
  [
    "a log whose key is none",
    "\nlog x\n",
    wrong(2, "not a verifier key: expected <name>+<key id>+<base64>"),
  ],
  ["a witness without a key", "witness A", wrong(1, EXPECTED)],
  ["a witness of four words", `${witness("A", A)} b c`, wrong(1, EXPECTED)],
  [
    "a witness whose key is none",
    "witness A x",
    wrong(1, "not a verifier key: expected <name>+<key id>+<base64>"),
  ],
  ["a witness by the name of none", witness("none", A), wrong(1, "the name is taken")],
  [
    "a witness by a name that is taken",
    lines(witness("A", A), witness("A", B)),
    wrong(2, "the name is taken"),
  ],
  [
    "a group by a name that is taken",
    lines(...THREE, "group A 1 B"),
    wrong(4, "the name is taken"),
  ],
  ["a group of no member", lines(...THREE, "group g 1"), wrong(4, EXPECTED)],
  [
    "a group of a member that is not defined",
    lines(...THREE, "group g 1 D"),
    wrong(4, "D is not defined before"),
  ],
  ["a group of itself", lines(...THREE, "group g 1 g"), wrong(4, "g is not defined before")],
  ["a member twice", lines(...THREE, "group g 1 A A"), wrong(4, "A is a member already")],
  [
    "a member of two groups",
    lines(...THREE, "group g 1 A", "group h 1 A"),
    wrong(5, "A is a member already"),
  ],
  [
    "a group of more than it has",
    lines(...THREE, "group g 3 A B"),
    wrong(4, "so many members cannot be needed"),
  ],
  [
    "a group that needs none",
    lines(...THREE, "group g 0 A B"),
    wrong(4, "so many members cannot be needed"),
  ],
  [
    "a group that needs a padded number",
    lines(...THREE, "group g 01 A B"),
    wrong(4, "so many members cannot be needed"),
  ],
  [
    "a group that needs a fraction",
    lines(...THREE, "group g 1.0 A B"),
    wrong(4, "so many members cannot be needed"),
  ],
  [
    "a group that needs some word",
    lines(...THREE, "group g most A B"),
    wrong(4, "so many members cannot be needed"),
  ],
  ["an unknown word", "logs x", wrong(1, EXPECTED)],
  ["a word in upper case", `LOG ${LOG.vkey}`, wrong(1, EXPECTED)],
  [
    "a witness's key twice",
    lines(witness("A", A), witness("B", A), "quorum A"),
    wrong(3, "it names a public key twice"),
  ],
  [
    "a witness's key of another type",
    lines(witness("A", A), `witness B ${A.vkey}`, "quorum A"),
    wrong(3, "it names a public key twice"),
  ],
  [
    "a log's key twice",
    lines(`log ${LOG.vkey}`, `log ${LOG.named("x").vkey}`, "quorum none"),
    wrong(3, "it names a public key twice"),
  ],
  ["a carriage return", "quorum none\r\n", wrong(1, "it is too long or no text")],
  ["a NUL", "quorum none\0", wrong(1, "it is too long or no text")],
])("a policy with %s is refused, and the line is named", (_what, text, why) => {
  expect(told(text)).toBe(why);
});

test("a log may be a witness as well, and a group may need any or all", () => {
  expect(told(lines(`log ${LOG.vkey}`, `witness L ${LOG.cosignerKey}`, "quorum L"))).toMatchObject({
    quorum: "L",
  });
  for (const needed of ["any", "all", "1", "2"]) {
    expect(told(lines(...THREE, `group g ${needed} A B`, "quorum g"))).toMatchObject({
      quorum: "g",
    });
  }
});

test("a policy of 10,000 lines is read, and a longer one is not", () => {
  const long = (count: number) => told(`quorum none${"\n".repeat(count - 1)}`);
  expect(long(10_000)).toMatchObject({ quorum: "none" });
  expect(long(10_001)).toBe(wrong(1, "it is too long or no text"));
});

const signed = (
  signer: typeof LOG,
  facts: Partial<SignedBy> = {},
  vkey = signer.cosignerKey,
): SignedBy => ({
  name: signer.name,
  keyId: parseVerifierKey(vkey).id,
  role: "co-signed",
  since: 1,
  upTo: 12,
  timeSeconds: null,
  timeFault: null,
  ...facts,
});
const byLog = (signer: typeof LOG, facts: Partial<SignedBy> = {}) =>
  signed(signer, { role: "signed", ...facts }, signer.vkey);

const GROUPS = [
  ...THREE,
  witness("D", D),
  "group g 2 A B C",
  "group h all g D",
  "group i any A1 D1",
];
const POLICY = lines(`log ${LOG.vkey}`, `log ${OTHER_LOG.vkey}`, ...GROUPS.slice(0, 6));
const NO_LOG = "no log of the policy signed all records";
const noQuorum = (name: string) => `the quorum ${name} did not co-sign all records`;

test.each<[string, string, readonly SignedBy[], readonly string[]]>([
  ["nobody", "none", [], [NO_LOG]],
  ["nobody, and a quorum", "g", [], [NO_LOG, noQuorum("g")]],
  ["a log", "none", [byLog(LOG)], []],
  ["the other log", "none", [byLog(OTHER_LOG)], []],
  ["a log that co-signed", "none", [byLog(LOG, { role: "co-signed" })], [NO_LOG]],
  ["a log that signed less", "none", [byLog(LOG, { upTo: 11 })], [NO_LOG]],
  ["a log at an impossible time", "none", [byLog(LOG, { timeFault: "in_future" })], [NO_LOG]],
  ["a log with another key", "none", [byLog(LOG, { keyId: "00000000" })], [NO_LOG]],
  ["a log by another name", "none", [byLog(LOG, { name: "x" })], [NO_LOG]],
  ["a log that is not named", "none", [byLog(A)], [NO_LOG]],
  ["a log and a witness", "A", [byLog(LOG), signed(A)], []],
  ["a log and another witness", "A", [byLog(LOG), signed(B)], [noQuorum("A")]],
  ["a witness that signed less", "A", [byLog(LOG), signed(A, { upTo: 11 })], [noQuorum("A")]],
  ["a witness that signed more", "A", [byLog(LOG), signed(A, { upTo: 13 })], []],
  [
    "a witness at an impossible time",
    "A",
    [byLog(LOG), signed(A, { timeFault: "before_records" })],
    [noQuorum("A")],
  ],
  ["a witness with its other key", "A", [byLog(LOG), signed(A, {}, A.vkey)], [noQuorum("A")]],
  ["one of two needed", "g", [byLog(LOG), signed(A)], [noQuorum("g")]],
  ["two of two needed", "g", [byLog(LOG), signed(A), signed(C)], []],
  ["three where two are needed", "g", [byLog(LOG), signed(A), signed(B), signed(C)], []],
  ["one twice where two are needed", "g", [byLog(LOG), signed(A), signed(A)], [noQuorum("g")]],
  ["a group in a group", "h", [byLog(LOG), signed(A), signed(B), signed(D)], []],
  ["a group in a group, alone", "h", [byLog(LOG), signed(A), signed(B)], [noQuorum("h")]],
  ["the other member alone", "h", [byLog(LOG), signed(D)], [noQuorum("h")]],
])("signed by %s, where %s is asked for", (_what, quorum, signedBy, unmet) => {
  const policy = parsePolicy(lines(POLICY, `quorum ${quorum}`));
  const answer = checkPolicy(policy, { signedBy, records: 12 });
  expect(answer).toEqual({ holds: unmet.length === 0, unmet });
});

test("a policy that names no log asks for none", () => {
  const policy = parsePolicy(lines(...THREE, "group any any A B", "quorum any"));
  expect(checkPolicy(policy, { signedBy: [signed(B)], records: 12 }).holds).toBe(true);
  expect(checkPolicy(policy, { signedBy: [signed(C)], records: 12 }).holds).toBe(false);
  expect(checkPolicy(parsePolicy("quorum none"), { signedBy: [], records: 12 }).holds).toBe(true);
});
