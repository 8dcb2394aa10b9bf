/** `caum gate`: a baseline and a candidate, and limits. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TemporaryHome } from "../install/temporary-home.ts";
import { printedBy } from "../printed-by.ts";
import { AFTER, BEFORE, recordCohorts } from "./recorded.ts";

let machine: TemporaryHome;
beforeAll(async () => {
  machine = new TemporaryHome();
  await recordCohorts(machine.caumHome);
}, 120_000);
afterAll(() => machine.remove());

/** What it prints and how it ends. */
const caum = (...words: readonly string[]) => printedBy(words, machine.env);
async function gate(...words: readonly string[]) {
  const { seen, code } = await caum("gate", ...words, "--json");
  return { code, report: seen.startsWith("{") ? JSON.parse(seen) : undefined, seen };
}

describe("a baseline and a candidate", () => {
  test("are judged, told in words, and end with 1 where loops became more frequent", async () => {
    const { seen, code } = await caum("gate", "--baseline", BEFORE, "--candidate", AFTER);
    expect(seen.split("\n")).toEqual([
      "baseline    24 sessions, 0 with a loop, median 4 steps, median $0.0400 (of 24)",
      "candidate   24 sessions, 8 with a loop, median 4 steps, median $0.0800 (of 24)",
      expect.stringMatching(
        /^FOUND {7}loop-growth: sessions with a loop became .*8 of 24 sessions \(33\.3 %\) of the candidate/u,
      ),
      "found: 1 of 1 check",
      "",
    ]);
    expect(code).toBe(1);
  });

  test("are the very same sessions: nothing is judged, and it says so", async () => {
    const same = ["--baseline", BEFORE, "--candidate", BEFORE];
    const { code, report } = await gate(...same, "--max-cost-growth", "20%");
    expect([code, report.outcome]).toEqual([2, "not_judged"]);
    const said = expect.stringContaining("the same 24 sessions on both sides");
    expect(report.checks).toMatchObject([
      { rule: "loop-growth", outcome: "not_judged", said },
      { rule: "cost-growth", outcome: "not_judged", said },
    ]);
    // What is over a limit is found all the same.
    expect((await gate(...same, "--max-steps", "1")).code).toBe(1);
  });

  test("share some sessions: it is judged, and a note says how many", async () => {
    const { code, report } = await gate("--baseline", BEFORE, "--candidate", `${BEFORE},last=22`);
    expect([code, report.outcome]).toEqual([0, "passed"]);
    expect(report.notes).toEqual(["22 sessions on both sides"]);
  });

  test("costs that grew are found where it is asked for", async () => {
    const { code, report } = await gate(
      ...["--baseline", BEFORE, "--candidate", `${AFTER}`, "--max-cost-growth", "20%"],
      ...["--max-loop-growth", "60%"],
    );
    expect(code).toBe(1);
    expect(report.checks.map(({ rule, outcome }: never) => [rule, outcome])).toEqual([
      ["loop-growth", "passed"],
      ["cost-growth", "found"],
    ]);
  });

  test.each([
    [
      "too few sessions",
      ["--baseline", `${BEFORE},last=9`, "--candidate", AFTER],
      "20 of each are needed",
    ],
    [
      "no session that fits",
      ["--baseline", BEFORE, "--candidate", "runs:,workflow=none"],
      "0 sessions",
    ],
    [
      "a word that selects nothing",
      ["--baseline", "cohrt=x", "--candidate", AFTER],
      '"cohrt=x" selects nothing',
    ],
    [
      "a path that is not there",
      ["--candidate", "no/bundles", "--fail-on", "loop"],
      '"no/bundles" selects',
    ],
    [
      "a time that is none",
      ["--candidate", "runs:,since=soon", "--fail-on", "loop"],
      "write 12h, 7d",
    ],
    ["nothing to hold it against", ["--candidate", AFTER], "give --baseline, --fail-on or a limit"],
    ["an unknown kind", ["--candidate", AFTER, "--fail-on", "lop"], "loop, review, error"],
    [
      "an unknown form",
      ["--candidate", AFTER, "--fail-on", "loop", "--format", "pdf"],
      "text, json",
    ],
    [
      "a file without a form",
      ["--candidate", AFTER, "--fail-on", "loop", "--output", "x"],
      "--format before",
    ],
    [
      "a share that is none",
      ["--candidate", AFTER, "--max-loop-rate", "200%"],
      "such as 2% or 0.02",
    ],
    [
      "a tool without a name, as of a variable that is not set",
      ["--candidate", AFTER, "--forbid-tool", ""],
      "--forbid-tool takes the name of a tool",
    ],
    [
      "a growth without a baseline",
      ["--candidate", AFTER, "--fail-on", "loop", "--max-cost-growth", "10%"],
      "give --baseline",
    ],
    [
      "what is slow, where nobody asks for what is",
      ["--candidate", AFTER, "--fail-on", "loop", "--slow", "5s"],
      "--slow says what --fail-on slow finds: give both",
    ],
    [
      "one file for two reports",
      [
        ...["--candidate", AFTER, "--fail-on", "loop", "--format", "sarif", "--output", "x"],
        ...["--format", "junit", "--output", "./x"],
      ],
      "each --output needs a file of its own",
    ],
  ])("%s is not judged (2), and it is said what to do", async (_, words, told) => {
    const { seen, code } = await caum("gate", ...words);
    expect(seen).toContain(told);
    expect(code).toBe(2);
  });
});

describe("limits", () => {
  test.each([
    [["--fail-on", "loop"], 1],
    [["--fail-on", "denied,pending"], 0],
    [["--max-steps", "7"], 1],
    [["--max-steps", "8"], 0],
    [["--max-cost", "0.1"], 1],
    [["--max-cost", "0.16"], 0],
    [["--max-loop-rate", "30%"], 1],
    [["--max-loop-rate", "0.34"], 0],
    [["--expect-tool", "read_file"], 0],
    [["--expect-tool", "test"], 1],
    [["--forbid-tool", "read_file"], 1],
    [["--max-duration", "10m"], 0],
    [["--fail-on", "slow"], 2],
  ])("%j end with %i", async (words, expected) => {
    expect((await gate("--candidate", AFTER, ...words)).code).toBe(expected);
  });

  test("a share of loops that is too large is said once", async () => {
    const { seen } = await caum("gate", "--candidate", AFTER, "--max-loop-rate", "0");
    expect(seen).toContain("too many sessions have a loop: 8 of 24 sessions");
    expect(seen.match(/0 % are allowed/gu)).toHaveLength(1);
  });

  test("slow calls, denied calls and other agents are found", async () => {
    const slow = await gate("--candidate", "runs:,workflow=other", "--fail-on", "slow");
    expect(slow.report.checks[0].findings[0].message).toBe(
      "read_file of files: 4 calls of 30 s or more in 1 session",
    );
    const denied = await gate("--candidate", "runs:,agent=b", "--fail-on", "denied,error");
    expect(denied.report.checks.map(({ outcome }: never) => outcome)).toEqual(["found", "found"]);
  });

  test("times select by when a session began", async () => {
    const counted = async (part: string) =>
      (await gate("--candidate", `runs:,${part}`, "--max-steps", "99")).report.candidate.sessions;
    expect(await counted("since=1h")).toBe(50);
    expect(await counted("until=1h")).toBe(0);
    expect(await counted("since=2020-01-01,until=2021-01-01")).toBe(0);
    expect(await counted("last=7")).toBe(7);
  });
});
