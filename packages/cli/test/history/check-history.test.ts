import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { afterAll, expect, test } from "vitest";
import { TraceCheck } from "../../src/check/run-check.ts";
import { realHome } from "./real-home.ts";

const home = realHome();
const folder = mkdtempSync(join(tmpdir(), "caum-check-history-"));
afterAll(() => {
  for (const path of [home, folder]) rmSync(path, { recursive: true });
});

async function check(path: string) {
  const said = { out: "", err: "" };
  const sink = (name: keyof typeof said) =>
    new Writable({
      write(chunk, _encoding, done) {
        said[name] += chunk;
        done();
      },
    });
  const work = new TraceCheck("json", sink("out"), sink("err"));
  await work.files([path]);
  const problems = await work.finish();
  const sessions = said.out
    .trim()
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  return { sessions, problems, err: said.err };
}

test.each([
  [".claude/projects/-home-user-proj/73666169-64ae-41f9-a9b9-604a74679a34.jsonl", 1],
  [
    ".codex/sessions/2026/11/28/rollout-2026-11-28T14-28-39-01a2228e-e2b5-7df3-a984-0a08bb905953.jsonl",
    1,
  ],
  [".gemini/tmp/proj/chats/session-2026-11-28T14-31-1385590e.jsonl", 1],
  [".local/share/opencode/opencode.db", 1],
  [".copilot/session-state/5de05739-e90b-47e7-b30a-b180301b1c38/events.jsonl", 1],
  [".continue/sessions/f9c233de-6af7-43cb-9aab-4305bc8535cb.json", 1],
  [".qwen/projects/proj/chats/89c58eff-a4d6-4f3b-9da5-d7cfca7959e7.jsonl", 0],
  [".cline/data/sessions/1795877874470_t5v5y/1795877874470_t5v5y.messages.json", 0],
  [".claude/projects/-home-user-proj/384bb0d4-e255-473b-944f-fc5fab37f5a7.jsonl", 0],
])("%s is judged as the history that it is", async (name, loops) => {
  const { sessions, problems, err } = await check(join(home, name));
  expect({ problems, err }).toEqual({ problems: 0, err: "" });
  expect(sessions.reduce((sum, { loopCount }) => sum + loopCount, 0)).toBe(loops);
  expect(sessions.reduce((sum, { steps }) => sum + steps, 0)).toBeGreaterThan(5);
});

test.each([
  ["page.html", "<!doctype html><p>no", "HTML or XML"],
  ["settings.json", '{"theme": "dark"}', "JSON, of no client that is known here"],
  ["list.json", "[1, 2]", "a JSON list, of no client that is known here"],
  ["notes.txt", "call the dentist", "text, and no JSON"],
  ["shot.png", "\u0089PNG\r\n\u001a\n\0\0", "a binary file"],
])("what %s is is said", async (name, content, what) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  expect(await check(path)).toEqual({
    sessions: [],
    problems: 1,
    err: `caum check: ${path}: neither a trace nor a history that is known here, but ${what}\n`,
  });
});

test("a line that was cut off is counted, and the rest is judged", async () => {
  const path = join(folder, "00000000-0000-4000-8000-000000000001.jsonl");
  const line = {
    type: "user",
    isSidechain: false,
    sessionId: "x",
    uuid: "1",
    message: { role: "user", content: "go" },
  };
  writeFileSync(path, `${JSON.stringify(line)}\n{"type":"assist`);
  expect(await check(path)).toMatchObject({
    problems: 1,
    err: `caum check: ${path}: lines that were not understood and left out: 1\n`,
  });
});
