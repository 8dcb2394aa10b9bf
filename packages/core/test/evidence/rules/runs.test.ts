/** Links of runs: which record is accused, and of what. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { NO_PREVIOUS_HASH } from "../../../src/evidence/rules/chain.ts";
import { Findings } from "../../../src/evidence/rules/findings.ts";
import { type LifecycleFacts, type Link, Runs } from "../../../src/evidence/rules/runs.ts";

const FILE = "records.ndjson";
const leafOf = (run: string, seq: number) => `leaf-${run}-${seq}`;

/** The record of a run that is as it should be, at some line. */
function link(line: number, seq: number, change: Partial<Link> = {}, run = "r"): Link {
  const previousHash = seq === 0 ? NO_PREVIOUS_HASH : leafOf(run, seq - 1);
  return { line, run, seq, leaf: leafOf(run, seq), previousHash, ...change };
}

function followed(...links: readonly (Link | readonly [Link, LifecycleFacts])[]) {
  const findings = new Findings();
  const runs = new Runs(findings, FILE);
  const outcomes = links.map((one) => {
    const [at, facts] = Array.isArray(one) ? one : [one, undefined];
    return runs.follow(at as Link, facts as LifecycleFacts | undefined);
  });
  runs.finish();
  const told = findings.list.map(({ kind, line, seq }) => `${kind} ${line} ${seq}`);
  return { runs, outcomes, told, findings: findings.list };
}

const altered = { leaf: "another", previousHash: "other" };

test.each<[string, readonly (Link | readonly [Link, LifecycleFacts])[], readonly string[]]>([
  ["a whole run", [link(1, 0), link(2, 1), link(3, 2)], []],
  ["a first record with a link", [link(1, 0, { previousHash: "x" }), link(2, 1)], ["altered 1 0"]],
  [
    "a record that another one links to",
    [link(1, 0), link(2, 1, { leaf: "x" }), link(3, 2), link(4, 3)],
    ["altered 2 1"],
  ],
  [
    "a record that links to another one",
    [link(1, 0), link(2, 1, { previousHash: "x" }), link(3, 2)],
    ["altered 1 0"],
  ],
  [
    "a record of which both links are broken",
    [link(1, 0), link(2, 1, altered), link(3, 2), link(4, 3)],
    ["altered 2 1"],
  ],
  [
    "a last record that links to another one",
    [link(1, 0), link(2, 1), link(3, 2, { previousHash: "x" })],
    ["altered 2 1"],
  ],
  [
    "two records one behind the other",
    [link(1, 0), link(2, 1, altered), link(3, 2, altered), link(4, 3), link(5, 4)],
    ["altered 2 1", "altered 3 2"],
  ],
  ["a missing record", [link(1, 0), link(2, 2)], ["gap 2 2"]],
  ["missing records at the start", [link(1, 3), link(2, 4)], ["gap 1 3"]],
  [
    "a broken link before a gap",
    [link(1, 0), link(2, 1, { previousHash: "x" }), link(3, 5)],
    ["altered 1 0", "gap 3 5"],
  ],
  [
    "a gap, and a link that is not judged behind it",
    [link(1, 0), link(2, 2, { previousHash: "x" }), link(3, 3)],
    ["gap 2 2"],
  ],
  ["a record twice", [link(1, 0), link(2, 1), link(3, 1)], ["duplicate 3 1"]],
  [
    "another record of the same place",
    [link(1, 0), link(2, 1), link(3, 1, { leaf: "x" })],
    ["reordered 3 1"],
  ],
  ["a record that came before", [link(1, 0), link(2, 1), link(3, 0)], ["reordered 3 0"]],
  [
    "a deleted record, which says no link",
    [link(1, 0), link(2, 1, { previousHash: undefined }), link(3, 2)],
    [],
  ],
  [
    "a deleted record with another leaf",
    [link(1, 0), link(2, 1, { previousHash: undefined, leaf: "x" }), link(3, 2), link(4, 3)],
    ["altered 2 1"],
  ],
  [
    "a hole, behind which the next link is not known",
    [
      link(1, 0),
      [link(2, 1), { type: "hole", to: 4 }],
      link(3, 5, { previousHash: "x" }),
      link(4, 6),
    ],
    [],
  ],
  [
    "a hole that ends too late",
    [link(1, 0), [link(2, 1), { type: "hole", to: 4 }], link(3, 7)],
    ["gap 3 7"],
  ],
  [
    "a hole that ends too early",
    [link(1, 0), [link(2, 1), { type: "hole", to: 4 }], link(3, 4)],
    ["reordered 3 4"],
  ],
  ["a range that no hole is", [link(1, 0), [link(2, 1), { type: "end", to: 4 }], link(3, 2)], []],
])("%s", (_what, links, expected) => {
  expect(followed(...links).told).toEqual(expected);
});

test("findings say in words what is wrong, and where", () => {
  const { findings } = followed(
    link(1, 0, { previousHash: "x" }),
    link(2, 3),
    link(3, 3),
    link(4, 1),
  );
  expect(findings).toEqual([
    {
      kind: "altered",
      file: FILE,
      line: 1,
      run: "r",
      seq: 0,
      message: "the record is not the one that the records around it link to",
    },
    {
      kind: "gap",
      file: FILE,
      line: 2,
      run: "r",
      seq: 3,
      message: "seq 1 to 2 are missing before this record",
    },
    {
      kind: "duplicate",
      file: FILE,
      line: 3,
      run: "r",
      seq: 3,
      message: "the record is there twice",
    },
    {
      kind: "reordered",
      file: FILE,
      line: 4,
      run: "r",
      seq: 1,
      message: "seq 1 comes after seq 3",
    },
  ]);
});

test("a copy is left out, and everything else is part of the tree", () => {
  const { outcomes } = followed(link(1, 0), link(2, 0), link(3, 5), link(4, 1, { leaf: "x" }));
  expect(outcomes).toEqual(["linked", "duplicate", "linked", "linked"]);
});

test("a gap is told from what was declared lost", () => {
  expect(followed(link(1, 0), link(2, 1)).runs.hasGap).toBe(false);
  expect(followed(link(1, 0), [link(2, 1), { type: "hole", to: 4 }], link(3, 5)).runs.hasGap).toBe(
    false,
  );
  expect(followed(link(1, 0), link(2, 2)).runs.hasGap).toBe(true);
});

test("a run is closed by its close, as long as nothing comes behind it", () => {
  const close = [link(2, 1), { type: "close" }] as const;
  expect(followed(link(1, 0)).runs.isClosed("r")).toBe(false);
  expect(followed(link(1, 0), close).runs.isClosed("r")).toBe(true);
  expect(followed(link(1, 0), close).runs.isClosed("s")).toBe(false);
  expect(followed(link(1, 0), close, link(3, 2)).runs.isClosed("r")).toBe(false);
  expect(followed(link(1, 0), [link(2, 1), { type: "end" }]).runs.isClosed("r")).toBe(false);
});

test("one change to one of two runs accuses that record alone, wherever it is", () => {
  const order = fc.array(fc.boolean(), { minLength: 6, maxLength: 30 });
  const what = fc.constantFrom("leaf", "both");
  fc.assert(
    fc.property(order, fc.nat(), what, (isFirst, at, change) => {
      const next = { a: 0, b: 0 };
      const links = isFirst.map((first, index) => {
        const run = first ? "a" : "b";
        const seq = next[run];
        next[run] += 1;
        return link(index + 1, seq, {}, run);
      });
      // The last record of a run has nobody behind it that could tell.
      const inner = links.filter(({ run, seq }) => seq > 0 && seq < next[run as "a" | "b"] - 1);
      const victim = inner[at % inner.length];
      if (victim === undefined) return;
      const changed = { ...victim, ...(change === "leaf" ? { leaf: "x" } : altered) };
      const { told, runs } = followed(...links.map((one) => (one === victim ? changed : one)));
      const isJudged = change === "both" || victim.seq + 2 < next[victim.run as "a" | "b"] + 1;
      if (isJudged) expect(told).toEqual([`altered ${victim.line} ${victim.seq}`]);
      expect(runs.count).toBe(new Set(links.map(({ run }) => run)).size);
    }),
  );
});

test("65,536 runs are followed, and the next one is refused", () => {
  const findings = new Findings();
  const runs = new Runs(findings, FILE);
  for (let line = 1; line <= 65_536; line += 1) {
    expect(runs.follow(link(line, 0, {}, `r${line}`), undefined)).toBe("linked");
  }
  expect(findings.list).toEqual([]);
  expect(runs.follow(link(65_537, 0, {}, "one more"), undefined)).toBe("too_many_runs");
  expect(runs.count).toBe(65_536);
  expect(findings.list).toEqual([
    {
      kind: "too_many_runs",
      file: FILE,
      line: 65_537,
      run: "one more",
      seq: 0,
      message: "the session holds more than 65536 runs",
    },
  ]);
  expect(runs.follow(link(65_538, 1, {}, "r1"), undefined)).toBe("linked");
});
