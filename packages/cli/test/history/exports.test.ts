/** Runs of agents and exports of traces: looked back at, checked and imported, without their content. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { loadRootKey } from "@caum/core/machine";
import { afterAll, expect, test } from "vitest";
import { TraceCheck } from "../../src/check/run-check.ts";
import { importHistories } from "../../src/import/import-histories.ts";
import { type Findings, findingsOf } from "../../src/lookback/findings.ts";
import { findingsPage } from "../../src/lookback/findings-page.ts";
import { lookBack } from "../../src/lookback/look-back.ts";
import { findingsText } from "../../src/lookback/print-findings.ts";
import { exportsFolder, MARKER } from "./real-home.ts";

const rootKey = loadRootKey({ home: "", env: { CAUM_DIGEST_KEY: "5".repeat(64) } });
const plain = exportsFolder(false);
const marked = exportsFolder(true);
const home = mkdtempSync(join(tmpdir(), "caum-exports-home-"));
afterAll(() => {
  for (const folder of [plain, marked, home]) rmSync(folder, { recursive: true });
});

async function findings(folder: string): Promise<Findings> {
  const options = { sinceMs: 0, clients: undefined, rootKey, onProgress: () => undefined };
  return findingsOf(await lookBack({ ...options, paths: [folder] }), 0);
}

test("each format has its loop, and what is told of a call without its arguments is none", async () => {
  const { worst, clients, read } = await findings(plain);
  const loops = Object.fromEntries(clients.map(({ name, loops: count }) => [name, count]));
  expect(loops).toEqual({
    openhands: 1,
    "swe-agent": 1,
    inspect: 2,
    langsmith: 1,
    langfuse: 3,
    otlp: 0,
    trace: 1,
  });
  expect(worst.map(({ sentence }) => sentence)).toEqual(
    expect.arrayContaining([
      "OpenHands has called `terminal` 6 times in a row with the same question for 10 seconds.",
      "An agent has called `bash` 6 times in a row with the same question for 20 seconds.",
    ]),
  );
  expect(read).toMatchObject({ notUnderstood: 0, problemCount: 0 });
});

test("the marker stands in every file", () => {
  for (const name of readdirSync(marked, { recursive: true, encoding: "utf8" })) {
    const path = join(marked, name);
    // An archive is packed.
    if (!statSync(path).isFile() || name.endsWith(".eval")) continue;
    if (name.startsWith("trace/")) continue;
    expect(readFileSync(path, "utf8"), name).toContain(MARKER);
  }
});

test("no content of any of them is in the text, the JSON or the page", async () => {
  const found = await findings(marked);
  expect(found.all.calls).toBe((await findings(plain)).all.calls);
  const shown = [...findingsText(found), JSON.stringify(found), findingsPage(found)].join("\n");
  for (const content of [MARKER, "/home/user", "Rome", "no such"])
    expect(shown).not.toContain(content);
});

test("of structural traces it says what caum check says", async () => {
  const path = join(plain, "trace/two.jsonl");
  const { all } = await findings(path);
  let said = "";
  const sink = new Writable({
    write(chunk, _encoding, done) {
      said += chunk;
      done();
    },
  });
  const check = new TraceCheck("text", sink, sink);
  await check.files([path]);
  await check.finish();
  expect(all).toMatchObject({ sessions: 2, steps: 18, loops: 1, looping: 1 });
  expect(said).toContain("2 sessions, 18 steps: 1 loop in 1 session");
});

test("no content of any of them is in what caum check says", async () => {
  const said: string[] = [];
  const sink = () =>
    new Writable({
      write(chunk, _encoding, done) {
        said.push(String(chunk));
        done();
      },
    });
  const files = readdirSync(marked, { recursive: true, encoding: "utf8" })
    .map((name) => join(marked, name))
    .filter((path) => statSync(path).isFile() && !path.endsWith("base_state.json"));
  for (const format of ["text", "json", "predictions"] as const) {
    const check = new TraceCheck(format, sink(), sink());
    await check.files(files);
    expect(await check.finish()).toBe(0);
  }
  expect(said.join("")).toContain("lookup");
  expect(said.join("").replaceAll(marked, "")).not.toContain(MARKER);
});

test("no content of any of them reaches the home folder, and importing twice adds nothing", async () => {
  const added = async () => {
    const { sessions, notes } = await importHistories({ paths: [marked], home, version: "1.0.0" });
    expect(notes.problems).toEqual([]);
    return sessions.reduce((sum, session) => sum + session.added, 0);
  };
  expect(await added()).toBeGreaterThan(100);
  expect(await added()).toBe(0);
  for (const name of readdirSync(home, { recursive: true, encoding: "utf8" })) {
    const path = join(home, name);
    if (!statSync(path).isFile()) continue;
    for (const content of [MARKER, "/home/user", "Rome", "no such"])
      expect(readFileSync(path, "latin1"), name).not.toContain(content);
  }
});
