/** What cannot be imported is reported and passed by; the rest is imported. */
import { cpSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TemporaryHome } from "../install/temporary-home.ts";

const FIXTURES = join(import.meta.dirname, "../../../histories/test/fixtures");
const LOOPED = "claude-code/2.1.328/73666169-64ae-41f9-a9b9-604a74679a34.jsonl";
let machine: TemporaryHome;
let folder: string;

beforeAll(() => {
  machine = new TemporaryHome();
  folder = join(machine.root, "histories");
  mkdirSync(folder);
  cpSync(join(FIXTURES, LOOPED), join(folder, "good.jsonl"));
  const line = (more: object) =>
    JSON.stringify({
      isSidechain: false,
      sessionId: "d",
      timestamp: "2026-11-28T10:00:00Z",
      ...more,
    });
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  const asked = { type: "tool_use", id: "t1", name: "Edit", input: "DEEP" };
  const answered = { type: "tool_result", tool_use_id: "t1", content: "DEEP" };
  machine.write(
    "histories/deep.jsonl",
    [
      line({ uuid: "1", type: "assistant", message: { id: "m", content: [asked] } }),
      line({ uuid: "2", type: "user", message: { content: [answered] } }),
    ]
      .join("\n")
      .replaceAll('"DEEP"', deep),
  );
  machine.write(
    "histories/cut.jsonl",
    `${line({ uuid: "3", type: "user", message: {} })}\n{"type":"assis`,
  );
  machine.write("histories/damaged.eval", "PK\u0003\u0004 and no more");
  machine.write("histories/cut.traj", '{"environment": "main", "trajectory": [');
  machine.write("histories/notes.json", '{"theme": "dark"}');
  machine.write(
    "elsewhere/good.jsonl",
    machine.read("histories/good.jsonl").replaceAll("73666169", "83666169"),
  );
  symlinkSync(join(machine.root, "elsewhere"), join(folder, "link"));
  symlinkSync(join(machine.root, "elsewhere/good.jsonl"), join(folder, "link.jsonl"));
});

afterAll(() => machine.remove());

test("the good session and the deep call are recorded, the others are named with what they are", async () => {
  const { code, stdout, stderr } = await machine.caum(["import", "--json", folder]);
  const said = JSON.parse(stdout);
  expect(code).toBe(1);
  expect(said).toMatchObject({ notUnderstood: 1, links: 2 });
  const calls = said.sessions.map(({ calls: count }: { readonly calls: number }) => count);
  expect(calls.filter(Boolean).sort()).toEqual([1, 6]);
  expect(stderr).toContain("damaged.eval: a ZIP archive that is cut off or damaged");
  expect(stderr).toContain("cut.traj: not JSON: cut off or damaged");
  expect(stderr.trim().split("\n")).toHaveLength(2);
});
