import { rmSync } from "node:fs";
import { join } from "node:path";
import { loadRootKey } from "@caum/core/machine";
import { historyPlaces } from "@caum/histories";
import { afterAll, describe, expect, test } from "vitest";
import { type Findings, findingsOf } from "../../src/lookback/findings.ts";
import { findingsPage } from "../../src/lookback/findings-page.ts";
import { lookBack } from "../../src/lookback/look-back.ts";
import { findingsText } from "../../src/lookback/print-findings.ts";
import { MARKER, markedHome, realHome } from "./real-home.ts";

const rootKey = loadRootKey({ home: "", env: { CAUM_DIGEST_KEY: "5".repeat(64) } });
const homes = { real: realHome(), marked: markedHome() };
afterAll(() => {
  for (const home of Object.values(homes)) rmSync(home, { recursive: true });
});

async function findings(home: string, sinceMs = 0): Promise<Findings> {
  const paths = historyPlaces({ env: {}, home }).map(({ path }) => path);
  const lookback = await lookBack({
    paths,
    sinceMs,
    clients: undefined,
    rootKey,
    onProgress: () => undefined,
  });
  return findingsOf(lookback, sinceMs);
}

describe("a home with the histories of eight clients", () => {
  test("the loop of each client that had one is found, and no honest session has one", async () => {
    const { worst, all } = await findings(homes.real);
    expect(
      worst.map(({ client, session, tools, cycles }) => [client, session, tools, cycles]),
    ).toEqual(
      expect.arrayContaining([
        ["claude-code", "73666169-64ae-41f9-a9b9-604a74679a34", ["Edit"], 6],
        ["codex", "01a2228e-e2b5-7df3-a984-0a08bb905953", ["mcp__srv__fail"], 6],
        ["gemini-cli", "1385590e-d7f1-425c-9a6d-ca0acbfd346c", ["mcp_srv_fail"], 4],
        ["opencode", "ses_ddd709336ffeoBda1ym7E9Cem5", ["srv_fail"], 6],
        ["copilot", "5de05739-e90b-47e7-b30a-b180301b1c38", ["srv-fail"], 6],
        ["continue", "f9c233de-6af7-43cb-9aab-4305bc8535cb", ["fail"], 6],
      ]),
    );
    expect(all).toMatchObject({ sessions: 17, loops: 6, looping: 6 });
  });

  test("a finding says what a live alert says, with what it took", async () => {
    const { worst } = await findings(homes.real);
    const codex = worst.find(({ client }) => client === "codex");
    expect(codex).toMatchObject({
      sentence:
        "Codex has called `mcp__srv__fail` 6 times in a row with the same question (less than $0.01).",
      steps: 6,
      tokens: 6 * 120,
      durationMs: 2_344,
      from: "2026-11-28T14:28:45.589Z",
    });
    // gpt-5.4: 50 fresh and 50 cached tokens in, 20 out, at its list price.
    expect(codex?.costUsd).toBeCloseTo(6 * (50 * 2.5e-6 + 50 * 0.25e-6 + 20 * 15e-6), 9);
  });

  test("sums are those of the sessions, by client, model and week", async () => {
    const { all, clients, models, weeks } = await findings(homes.real);
    for (const groups of [clients, models, weeks]) {
      expect(groups.reduce((sum, { loops }) => sum + loops, 0)).toBe(all.loops);
      expect(groups.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(all.tokens);
    }
    expect(weeks.map(({ name }) => name)).toContain("2026-11-23");
    expect(clients.map(({ name }) => name).sort()).toEqual([
      "claude-code",
      "cline",
      "codex",
      "continue",
      "copilot",
      "gemini-cli",
      "opencode",
      "qwen-code",
    ]);
  });

  test("what ended before the first day is left out", async () => {
    const { all } = await findings(homes.real, Date.parse("2026-11-28T14:50:00Z"));
    // Cline was run last; the history of Continue has the time of its file.
    expect(all.sessions).toBeGreaterThanOrEqual(1);
    expect(all.sessions).toBeLessThan(4);
  });

  test("no content is in the text, the JSON or the page", async () => {
    const found = await findings(homes.marked);
    expect(found.all.calls).toBe((await findings(homes.real)).all.calls);
    const shown = [...findingsText(found), JSON.stringify(found), findingsPage(found)].join("\n");
    expect(shown).not.toContain(MARKER);
    expect(shown).not.toContain("/home/user");
    expect(shown).not.toContain("SCRIPT");
  });

  test("the page needs nothing from anywhere", async () => {
    const page = findingsPage(await findings(homes.real));
    expect(page).not.toMatch(/<script|<link|<img|https?:|url\(/);
    expect(page).toContain("<h1>6 loops in 6 of 17 sessions</h1>");
    for (const word of ["loop", "step", "steps in loops", "x-…", "session"])
      expect(page).toContain(`<strong>${word}</strong>`);
  });
});

test("an empty home is said in words", async () => {
  const found = await findings(join(homes.real, "nobody"));
  expect(findingsText(found).join("\n")).toContain("No history of an agent was found");
});
