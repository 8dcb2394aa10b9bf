import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { realHome } from "./real-home.ts";

const MAIN = join(import.meta.dirname, "../../dist/main.js");
const home = realHome();
const elsewhere = mkdtempSync(join(tmpdir(), "caum-lookback-"));
afterAll(() => {
  for (const folder of [home, elsewhere]) rmSync(folder, { recursive: true });
});

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

function lookback(...words: readonly string[]): Promise<Ended> {
  const env = { PATH: process.env.PATH, HOME: home, CAUM_HOME: join(home, ".caum") };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [MAIN, "lookback", ...words],
      { env, cwd: elsewhere },
      (error, out, err) =>
        resolve({ code: typeof error?.code === "number" ? error.code : 0, out, err }),
    );
  });
}

const EVERYTHING = ["--since", "2020-01-01"];

test("finds the histories of the person's clients, and leaves nothing behind", async () => {
  const { code, out, err } = await lookback(...EVERYTHING);
  expect(out).toContain("6 loops in 6 of 17 sessions since 2020-01-01");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(existsSync(join(home, ".caum"))).toBe(false);
});

test("--fail-on-loop is for scripts, --client for one client", async () => {
  expect(await lookback(...EVERYTHING, "--fail-on-loop", "--client", "codex")).toMatchObject({
    code: 1,
  });
  const cline = await lookback(...EVERYTHING, "--fail-on-loop", "--client", "cline", "--json");
  expect(cline.code).toBe(0);
  expect(JSON.parse(cline.out)).toMatchObject({ all: { sessions: 1, loops: 0 }, worst: [] });
});

test("a page is written where it is asked for", async () => {
  await lookback(...EVERYTHING, "--html", "page.html");
  expect(readFileSync(join(elsewhere, "page.html"), "utf8")).toContain(
    "called <code>Edit</code> 6 times",
  );
});

test("a named file that is no history is told", async () => {
  const path = join(elsewhere, "notes.txt");
  writeFileSync(path, "nothing of an agent");
  expect(await lookback(path)).toMatchObject({
    code: 2,
    out: expect.stringContaining(`${path}: text, and no JSON`),
  });
});

test.each([
  [["--days", "soon"], "--days is a whole number from 1 on"],
  [["--since", "yesterday"], "--since is a date such as 2026-11-01"],
  [["--client", "nobody"], "--client nobody is not known"],
])("%j is refused in words", async (words, problem) => {
  expect(await lookback(...words)).toMatchObject({
    code: 2,
    err: expect.stringContaining(problem),
  });
});
