/** `caum gate` and the limits of `caum check`, over runs, bundles, traces and histories. */
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TemporaryHome } from "../install/temporary-home.ts";
import { printedBy } from "../printed-by.ts";
import { record } from "./recorded.ts";
import { checkSarif } from "./sarif-rules.ts";
import { readXml } from "./strict-xml.ts";

const HOSTILE = "w<&>\"']]>\u202e\u0007|`*[x](y)";
let machine: TemporaryHome;
let bundles = "";

beforeAll(async () => {
  machine = new TemporaryHome();
  const home = machine.caumHome;
  for (let at = 0; at < 24; at++) {
    await record({
      home,
      session: `before-${at}`,
      workflow: "checkout",
      cohort: "before",
      costUsd: 0.01,
    });
    const isLooping = at < 8;
    await record({
      home,
      session: `after-${at}`,
      workflow: "checkout",
      cohort: "after",
      calls: isLooping ? 8 : 4,
      repeats: isLooping,
      costUsd: 0.02,
    });
  }
  await record({
    home,
    session: "denied",
    workflow: HOSTILE,
    status: "denied",
    tool: "rm",
    agent: "b",
  });
  await record({ home, session: "other", workflow: "other", server: "files", durationMs: 40_000 });
  bundles = join(machine.project, "bundles");
  mkdirSync(bundles);
  for (const run of machine.runs().slice(0, 30)) {
    cpSync(join(home, "runs", run), join(bundles, run), { recursive: true });
  }
}, 120_000);
afterAll(() => machine.remove());

const before = "runs:,workflow=checkout,cohort=before";
const after = "runs:,workflow=checkout,cohort=after";

/** What it prints and how it ends. */
const caum = (...words: readonly string[]) => printedBy(words, machine.env);
async function gate(...words: readonly string[]) {
  const { seen, code } = await caum("gate", ...words, "--json");
  return { code, report: seen.startsWith("{") ? JSON.parse(seen) : undefined, seen };
}

describe("a baseline and a candidate", () => {
  test("are judged, told in words, and end with 1 where loops became more frequent", async () => {
    const { seen, code } = await caum("gate", "--baseline", before, "--candidate", after);
    expect(seen.split("\n")).toEqual([
      "baseline    24 sessions, 0 with a loop, median 4 steps, median $0.0400 (of 24)",
      "candidate   24 sessions, 8 with a loop, median 4 steps, median $0.0800 (of 24)",
      expect.stringContaining("FOUND       loop-growth: sessions with a loop became more frequent"),
      expect.stringContaining("8 of 24 sessions (33.3 %) of the candidate"),
      "found: 1 of 1 check",
      "",
    ]);
    expect(code).toBe(1);
  });

  test("are the same sessions: it passes", async () => {
    const { code, report } = await gate("--baseline", before, "--candidate", before);
    expect([code, report.outcome]).toEqual([0, "passed"]);
    expect(report.notes).toEqual(["24 sessions on both sides"]);
  });

  test("costs that grew are found where it is asked for", async () => {
    const { code, report } = await gate(
      ...["--baseline", before, "--candidate", `${after}`, "--max-cost-growth", "20%"],
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
      ["--baseline", `${before},last=9`, "--candidate", after],
      "20 of each are needed",
    ],
    [
      "no session that fits",
      ["--baseline", before, "--candidate", "runs:,workflow=none"],
      "0 sessions",
    ],
    [
      "a word that selects nothing",
      ["--baseline", "cohrt=x", "--candidate", after],
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
    ["nothing to hold it against", ["--candidate", after], "give --baseline, --fail-on or a limit"],
    ["an unknown kind", ["--candidate", after, "--fail-on", "lop"], "loop, review, error"],
    [
      "an unknown form",
      ["--candidate", after, "--fail-on", "loop", "--format", "pdf"],
      "text, json",
    ],
    [
      "a file without a form",
      ["--candidate", after, "--fail-on", "loop", "--output", "x"],
      "--format before",
    ],
    [
      "a share that is none",
      ["--candidate", after, "--max-loop-rate", "200%"],
      "such as 2% or 0.02",
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
    expect((await gate("--candidate", after, ...words)).code).toBe(expected);
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

describe("places", () => {
  test("a folder of bundles says the same as the runs that they are of", async () => {
    const words = ["--fail-on", "loop,error", "--max-steps", "7"];
    const { report } = await gate("--candidate", bundles, ...words);
    expect(report.candidate.sessions).toBe(30);
    const home = join(machine.root, "half");
    mkdirSync(home);
    cpSync(bundles, join(home, "runs"), { recursive: true });
    const same = await gate("--candidate", `runs:${home}`, ...words);
    expect(same.report.checks).toEqual(report.checks);
    expect(same.report.candidate).toEqual(report.candidate);
  });

  test("one file of records, one bundle and two copies of it are one session", async () => {
    const [run = ""] = readdirSync(bundles);
    const file = join(bundles, run, "records.ndjson");
    const twice = join(machine.project, "twice");
    mkdirSync(join(twice, "copy"), { recursive: true });
    cpSync(file, join(twice, "a.ndjson"));
    cpSync(file, join(twice, "copy", "records.ndjson"));
    const counted = async (path: string) =>
      (await gate("--candidate", path, "--max-steps", "99")).report.candidate;
    const one = await counted(file);
    expect(one.sessions).toBe(1);
    expect(await counted(join(bundles, run))).toEqual(one);
    expect(await counted(twice)).toEqual(one);
  });

  test("what is damaged is told, and not judged unless something was found", async () => {
    const damaged = join(machine.project, "damaged");
    cpSync(bundles, damaged, { recursive: true });
    const [run = ""] = readdirSync(damaged);
    const file = join(damaged, run, "records.ndjson");
    writeFileSync(file, `${readFileSync(file, "utf8")}{"no":"record"}\n`);
    writeFileSync(join(damaged, "cut.tar"), "no archive");
    const passed = await gate("--candidate", damaged, "--max-steps", "99");
    expect(passed.report.problems).toHaveLength(2);
    expect(passed.code).toBe(2);
    expect((await gate("--candidate", damaged, "--max-steps", "3")).code).toBe(1);
    const { seen } = await caum("gate", "--candidate", damaged, "--max-steps", "99");
    expect(seen).toContain("could not judge: not everything could be read");
  });

  test("traces, plain and named or packed, and histories", async () => {
    const line = (step: number) =>
      JSON.stringify({
        ...{ session_id: "t", step, event: "tool_call", tool: "x", op: "read", status: "ok" },
        ...{ args_hash: "a", args_norm: "a", result_hash: "r", result_norm: "r", result_size: 900 },
      });
    const lines = [1, 2, 3, 4, 5, 6].map((step) => `${line(step)}\n`).join("");
    const { gzipSync } = await import("node:zlib");
    const paths = ["trace.txt", "trace.ndjson", "t.ndjson.gz"].map((name) =>
      join(machine.project, name),
    );
    for (const path of paths) writeFileSync(path, path.endsWith("gz") ? gzipSync(lines) : lines);
    for (const path of paths) {
      const { report } = await gate("--candidate", path, "--fail-on", "loop");
      expect(report.checks[0].said, path).toBe("1 of 1 session");
    }
    const fixtures = join(import.meta.dirname, "../../../histories/test/fixtures/codex");
    const { report } = await gate("--candidate", fixtures, "--max-steps", "10000");
    expect(report.candidate.sessions).toBeGreaterThan(1);
    expect(report.candidate.costKnown).toBeGreaterThan(0);
  });

  test("a path with a comma in its name is one path", async () => {
    const path = join(machine.project, "a,b");
    renameSync(join(machine.project, "twice"), path);
    const { report } = await gate("--candidate", path, "--max-steps", "99");
    expect(report.candidate.sessions).toBe(1);
  });
});

describe("reports", () => {
  const words = ["--candidate", "runs:", "--baseline", before, "--fail-on", "loop,denied,slow"];
  const file = (name: string) => join(machine.project, name);
  const written = (name: string) => readFileSync(file(name), "utf8");
  const all = () => [
    ...[
      "--format",
      "sarif",
      "--output",
      file("r.sarif"),
      "--format",
      "junit",
      "--output",
      file("r.xml"),
    ],
    ...[
      "--format",
      "markdown",
      "--output",
      file("r.md"),
      "--format",
      "json",
      "--output",
      file("r.json"),
    ],
  ];

  test("several forms at once, and the text on standard output", async () => {
    const { seen, code } = await caum("gate", ...words, ...all());
    expect(code).toBe(1);
    expect(seen).toContain("found: ");
    expect(JSON.parse(written("r.json"))).toMatchObject({
      schema: "caum.gate.v1.0",
      outcome: "found",
    });
  });

  test("SARIF follows its rules, and the same findings have the same fingerprints", async () => {
    const run = checkSarif(written("r.sarif"));
    expect(run.results.map(({ ruleId }) => ruleId)).toEqual(
      expect.arrayContaining(["loop", "denied", "slow"]),
    );
    const prints = () =>
      checkSarif(written("r.sarif")).results.map(({ partialFingerprints }) => partialFingerprints);
    const first = prints();
    expect(new Set(first.map((print) => JSON.stringify(print))).size).toBe(first.length);
    await record({
      home: machine.caumHome,
      session: "later",
      workflow: "checkout",
      repeats: true,
      calls: 8,
    });
    await caum("gate", ...words, ...all());
    expect(prints()).toEqual(first);
    expect(written("r.sarif")).not.toContain("\u202e");
  });

  test("JUnit is read by a strict reader, whatever a name is", async () => {
    const suites = readXml(written("r.xml"));
    const [suite] = suites.elements;
    const cases = suite?.elements ?? [];
    const failed = cases.filter(({ elements: [one] }) => one?.name === "failure");
    expect(suites.attributes).toMatchObject({
      tests: `${cases.length}`,
      failures: `${failed.length}`,
    });
    const denied = cases.find(({ attributes }) => attributes.name?.startsWith("denied"));
    expect(denied?.elements[0]?.text).toContain("4 calls denied in 1 session: denied");
    expect(() => readXml(written("r.xml").replace("&lt;", "<"))).not.toThrow(TypeError);
    const names = await caum(
      "gate",
      "--candidate",
      "runs:",
      "--forbid-tool",
      "rm",
      "--format",
      "junit",
    );
    expect(readXml(names.seen).name).toBe("testsuites");
  });

  test("Markdown has no link, tag or table of a stranger", async () => {
    const path = join(machine.project, `${HOSTILE.replace("\u0007", "")}.ndjson`);
    writeFileSync(path, "{}\n");
    const { seen } = await caum(
      "gate",
      "--candidate",
      path,
      "--max-steps",
      "1",
      "--format",
      "markdown",
    );
    expect(seen).not.toMatch(/\[x\]|w<|\u202e/);
    expect(seen).toContain("&#91;x&#93;(y)");
    expect(seen.split("\n")[0]).toMatch(/^## caum gate/);
  });
});

describe("caum check with a limit", () => {
  const [path, ...limit] = ["records.ndjson", "--fail-on", "loop"];
  const looping = () => {
    const run = machine.runs().find((name) => {
      const text = readFileSync(join(machine.caumHome, "runs", name, path), "utf8");
      return text.includes('"after-3"');
    });
    return join(machine.caumHome, "runs", run ?? "", path);
  };

  test("judges the file as ever, and holds it against the limit", async () => {
    const { seen, code } = await caum("check", looping(), ...limit);
    expect(seen).toContain("FOUND       loop: 1 of 1 session");
    expect(code).toBe(1);
    expect((await caum("check", looping(), "--max-steps", "8")).code).toBe(0);
    expect((await caum("check", looping())).code).toBe(0);
  });

  test("leaves lines of JSON alone, and writes a report beside", async () => {
    const sarif = join(machine.project, "check.sarif");
    const words = ["--json", "--format", "sarif", "--output", sarif];
    const { seen, code } = await caum("check", looping(), ...limit, ...words);
    const [line = "", told] = seen.split("\n");
    expect(JSON.parse(line).session).toBe("after-3");
    expect(told).toBe("caum check: found: 1 of 1 check");
    expect(code).toBe(1);
    expect(checkSarif(readFileSync(sarif, "utf8")).results).toHaveLength(1);
  });

  test("is not judged where nothing can be read", async () => {
    expect((await caum("check", machine.write("project/no.txt", "no"), ...limit)).code).toBe(2);
    expect((await caum("check", "-", "--max-steps", "1")).seen).toContain("limits need a file");
  });
});
