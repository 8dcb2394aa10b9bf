/** Where `caum gate` and `caum check` find sessions: runs, bundles, traces and histories. */
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TemporaryHome } from "../install/temporary-home.ts";
import { printedBy } from "../printed-by.ts";
import { recordCohorts } from "./recorded.ts";
import { checkSarif } from "./sarif-rules.ts";

let bundles = "";
let machine: TemporaryHome;
beforeAll(async () => {
  machine = new TemporaryHome();
  await recordCohorts(machine.caumHome);
  bundles = join(machine.project, "bundles");
  mkdirSync(bundles);
  for (const run of machine.runs().slice(0, 30)) {
    cpSync(join(machine.caumHome, "runs", run), join(bundles, run), { recursive: true });
  }
}, 120_000);
afterAll(() => machine.remove());

/** What it prints and how it ends. */
const caum = (...words: readonly string[]) => printedBy(words, machine.env);
async function gate(...words: readonly string[]) {
  const { seen, code } = await caum("gate", ...words, "--json");
  return { code, report: seen.startsWith("{") ? JSON.parse(seen) : undefined, seen };
}

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

  test.each([
    ["an unknown kind", ["--fail-on", "lop"], "--fail-on lop is not known"],
    ["a report of no limit", ["--format", "sarif", "--output", "x.sarif"], "give --fail-on"],
    ["what is slow, without a limit", ["--slow", "5s"], "give both"],
  ])("%s is refused before a file is read", async (_, words, told) => {
    const { seen, code } = await caum("check", looping(), ...words);
    expect(seen).toMatch(/^caum check: [^\n]+\n$/u);
    expect(seen).toContain(told);
    expect(code).toBe(2);
  });

  test("is not judged where nothing can be read", async () => {
    expect((await caum("check", machine.write("project/no.txt", "no"), ...limit)).code).toBe(2);
    expect((await caum("check", "-", "--max-steps", "1")).seen).toContain("limits need a file");
  });
});
