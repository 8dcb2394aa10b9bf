/** What `caum gate` writes: SARIF, JUnit and Markdown, whatever a name is. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TemporaryHome } from "../install/temporary-home.ts";
import { printedBy } from "../printed-by.ts";
import { BEFORE, HOSTILE, record, recordCohorts } from "./recorded.ts";
import { checkSarif } from "./sarif-rules.ts";
import { readXml } from "./strict-xml.ts";

/** An id that XML, SARIF and Markdown each have to escape. */
const ID = "d<&>\"']]>\u202e|`*[x](y)";
const SHOWN_ID = ID.replace("\u202e", "\\u202e");

let machine: TemporaryHome;
beforeAll(async () => {
  machine = new TemporaryHome();
  await recordCohorts(machine.caumHome);
  await record({ home: machine.caumHome, session: ID, status: "denied" });
}, 120_000);
afterAll(() => machine.remove());

/** What it prints and how it ends. */
const caum = (...words: readonly string[]) => printedBy(words, machine.env);

describe("reports", () => {
  const words = ["--candidate", "runs:", "--baseline", BEFORE, "--fail-on", "loop,denied,slow"];
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

  test("a file that cannot be written is named and ends with 2, and the others are written", async () => {
    const away = file("not-there/r.sarif");
    const beside = file("beside.xml");
    const { seen, code } = await caum(
      "gate",
      ...[...words, "--format", "sarif", "--output", away, "--format", "junit", "--output", beside],
    );
    expect(code).toBe(2);
    expect(seen).toContain(`${away} cannot be written (ENOENT): name another file with --output`);
    expect(seen).toContain("found: ");
    expect(readFileSync(beside, "utf8")).toContain("<testsuites");
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
    expect(denied?.elements[0]?.text).toContain(`4 calls denied in 1 session: ${SHOWN_ID}`);
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
