import { spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createObserver } from "@caum/core";
import { joinedSessionId } from "@caum/core/adapter";
import { replay } from "@caum/core/health";
import { loadRootKey } from "@caum/core/machine";
import { parseVerifierKey, readLine, type StructuralRecord, verifyBundle } from "@caum/core/verify";
import { historyPlaces } from "@caum/histories";
import { afterEach, beforeEach, expect, test } from "vitest";
import { importHistories } from "../../src/import/import-histories.ts";
import { MARKER, markedHome, realHome } from "./real-home.ts";

const PYTHON_VERIFIER = join(import.meta.dirname, "../../../core/assets/verify.py");
const LOOPED = "73666169-64ae-41f9-a9b9-604a74679a34";
let home: string;
let person: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "caum-import-"));
  person = realHome();
});

afterEach(() => {
  for (const folder of [home, person]) rmSync(folder, { recursive: true });
});

function imported(...names: readonly string[]) {
  const all = historyPlaces({ env: {}, home: person }).map(({ path }) => path);
  const paths = names.length > 0 ? names.map((name) => join(person, name)) : all;
  return importHistories({ paths, home, version: "1.0.0" });
}

async function added(...names: readonly string[]): Promise<number> {
  const { sessions } = await imported(...names);
  return sessions.reduce((sum, session) => sum + session.added, 0);
}

interface RunText {
  readonly run: string;
  readonly text: string;
  readonly records: readonly StructuralRecord[];
}

function runs(): readonly RunText[] {
  const folder = join(home, "runs");
  return readdirSync(folder).map((run) => {
    const text = readFileSync(join(folder, run, "records.ndjson"), "utf8");
    const records = text
      .trim()
      .split("\n")
      .flatMap((line) => {
        const read = readLine(line);
        return "record" in read ? [read.record] : [];
      });
    return { run, text, records };
  });
}

const CLAUDE = ".claude/projects/-home-user-proj";

test("what eight clients left is recorded once, at its own times, and judged like live sessions", async () => {
  expect(await added()).toBeGreaterThan(149);
  const calls = runs()
    .flatMap(({ records }) => records)
    .filter(({ category }) => category === "tool_api");
  expect(calls).toHaveLength(149);
  const id = joinedSessionId(loadRootKey({ home, env: {} }), LOOPED);
  const own = runs()
    .flatMap(({ records }) => records)
    .filter(({ sessionId }) => sessionId === id);
  expect(own.at(0)?.sourceTimestamp).toBe("2026-11-28T14:45:47.733Z");
  const alerts = [...replay(own)].filter(({ publicClass }) => publicClass === "hard_alert");
  expect(alerts.length).toBeGreaterThan(0);
  expect(await added()).toBe(0);
});

test("each run is closed and signed, and says that nobody witnessed it", async () => {
  await imported(CLAUDE);
  for (const { run, records } of runs()) {
    const [open] = records;
    const key =
      open?.category === "lifecycle" && open.payload.type === "open" ? open.payload.writerKey : "";
    const folder = join(home, "runs", run);
    const told = verifyBundle(folder, { keys: [parseVerifierKey(key ?? "")] });
    expect(told).toMatchObject({ verdict: "ok", imported: 1 });
    expect(told.notProven).toContain("that what is told in 1 imported runs happened");
    const other = spawnSync("python3", [PYTHON_VERIFIER, folder, "--key", key ?? ""], {
      encoding: "utf8",
    });
    expect(other.stdout).toContain("ok: ");
    expect(other.stdout).toContain("imported, not witnessed: 1 runs");
    expect(records.at(-2)).toMatchObject({
      category: "environment",
      payload: { kind: "imported_from", subject: "claude-code/2.1.328" },
    });
  }
});

test("a history that has grown adds what is new", async () => {
  const file = `${CLAUDE}/${LOOPED}.jsonl`;
  await imported(file);
  const line = {
    type: "user",
    isSidechain: false,
    uuid: "5b4e7c9a-0000-4000-8000-000000000001",
    timestamp: "2026-11-28T15:00:00.000Z",
    message: { role: "user", content: "now do something else" },
  };
  appendFileSync(join(person, file), `${JSON.stringify(line)}\n`);
  expect(await added(file)).toBe(1);
  expect(await added(file)).toBe(0);
});

test("an import that was interrupted makes the same records again", async () => {
  const file = `${CLAUDE}/${LOOPED}.jsonl`;
  await imported(file);
  const [whole] = runs();
  rmSync(join(home, "imports"), { recursive: true });
  await imported(file);
  expect(runs()).toEqual([whole]);
});

test("calls that hooks recorded are left out and counted, and what was added is named", async () => {
  const id = joinedSessionId(loadRootKey({ home, env: process.env }), LOOPED);
  const live = createObserver({
    writer: "test",
    writerVersion: "1.0.0",
    layer: "hook",
    view: "full",
    home,
    upstream: false,
  });
  live.observe(id, { tool: "Edit", toolCallId: "toolu_dfr25d8wjhy5jkq0ed8a", status: "error" });
  await live.close();
  const { sessions } = await imported(`${CLAUDE}/${LOOPED}.jsonl`);
  expect(sessions).toMatchObject([{ session: id, witnessed: 1, calls: 5, messages: 1 }]);
  // Which records were added is said by their run: it holds these and nothing else.
  const added = runs().find(({ run }) => run === sessions[0]?.run);
  const calls = added?.records.filter(({ category }) => category === "tool_api");
  expect(calls).toHaveLength(5);
  const layers = runs().map(({ records }) => {
    const [open] = records;
    return open?.category === "lifecycle" && open.payload.type === "open" ? open.payload.layer : "";
  });
  expect(layers.sort()).toEqual(["hook", "import"]);
});

test("no content of any format reaches the home folder", async () => {
  rmSync(person, { recursive: true });
  person = markedHome();
  expect(await added()).toBeGreaterThan(149);
  for (const name of readdirSync(home, { recursive: true, encoding: "utf8" })) {
    const path = join(home, name);
    if (!statSync(path).isFile()) continue;
    expect(readFileSync(path, "latin1"), name).not.toContain(MARKER);
    expect(readFileSync(path, "latin1"), name).not.toContain("/home/user");
  }
});
