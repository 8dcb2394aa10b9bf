import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { LOOPED, recordLoopedSession } from "../../../../test/looped-session.ts";
import type { Stage } from "../page.test.ts";
import { signIn } from "./chromium.ts";
import { openPage } from "./open-page.ts";
import { REPEATED, varied, type World } from "./world.ts";

const MARKUP = "<img src=x onerror=alert(1)>";
const RIGHT_TO_LEFT = "\u05d0\u05d1\u05d2 \u202etxt.exe";

const SENT_AT_ONCE = 1_000;

export function ledgerCases(stage: Stage): void {
  test("a session appears without a reload and its row follows what it does", async () => {
    const { world, browser } = stage;
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    await page.getByText("live", { exact: true }).waitFor();
    const session = await world.startSession({ agent_id: "walker", workflow: "support" });
    await session.send(varied(1));
    const row = page.getByRole("row").filter({ hasText: session.id });
    await row.waitFor();
    expect(await row.textContent()).toContain("walker");
    await session.send(...Array.from({ length: 8 }, () => REPEATED));
    await row.getByText("hard alert").waitFor();
    await row.getByText("loop", { exact: true }).waitFor();
    await row.getByRole("link").click();
    await page.getByRole("heading", { name: "walker" }).waitFor();
    expect(page.url()).toBe(`${world.url}/dashboard/${session.id}`);
    await page.goBack();
    await row.waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  test("names of agents, workflows and sessions are text, whatever they hold", async () => {
    const { world, browser } = stage;
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    for (const agent_id of [MARKUP, RIGHT_TO_LEFT]) {
      await (await world.startSession({ agent_id, workflow: MARKUP })).send(varied(1));
    }
    const row = page.getByRole("row").filter({ hasText: MARKUP });
    await row.first().waitFor();
    // Shown without the sign that would turn what stands beside it around.
    await page
      .getByText(RIGHT_TO_LEFT.replace(/\p{Cf}/gu, " "))
      .first()
      .waitFor();
    expect(await page.locator("#page img").count()).toBe(0);
    await row.first().getByRole("link").click();
    await page.getByRole("heading", { level: 1 }).waitFor();
    expect(await page.locator("#page img").count()).toBe(0);
    expect(problems).toEqual([]);
    await close();
  });

  test("a long session that looped seven times and moved on is found by what it had", async () => {
    const { world, browser } = stage;
    await sendLoopedSession(world);
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    await page.getByLabel("Search").fill(LOOPED.id);
    const row = page.getByRole("row").filter({ hasText: LOOPED.id });
    await row.waitFor();
    await page.getByLabel("Search").fill("");
    const clean = page.getByRole("row").filter({ has: page.getByText("clean", { exact: true }) });
    await clean.waitFor();
    await page.getByLabel("Loops").selectOption("had");
    await clean.waitFor({ state: "detached" });
    const { loops, loopSteps, steps } = LOOPED;
    const mark = row.locator(".had-loop");
    const words = `${loops} loops over ${loopSteps} steps, $0.0700; not acknowledged`;
    expect(await mark.textContent()).toBe(`${loops} ! ${words}`);
    expect(await row.textContent()).toContain(steps.toLocaleString("en-US"));
    // Now it is fine: only what it had says that it was not.
    expect(await row.textContent()).not.toContain("hard alert");
    await row.getByRole("link").click();
    await page.getByText(`had ${loops} loops`, { exact: true }).waitFor();
    await page.getByText(`over ${loopSteps} steps, $0.0700, worst`).waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  test("more sessions than a page are read by and by; search and filters narrow them", async () => {
    const { world, browser } = stage;
    const sessions = await Promise.all(
      Array.from({ length: 140 }, (_, nth) => world.startSession({ agent_id: `crowd-${nth % 7}` })),
    );
    await Promise.all(sessions.map((session) => session.send(varied(1))));
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    await page.getByText("100 sessions, more below").waitFor();
    expect(await page.getByRole("row").count()).toBeLessThan(60);
    const view = page.locator(".ledger .view");
    await view.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await page.getByText(/^14\d sessions$/).waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("crowd-3");
    await page.getByText("20 sessions", { exact: true }).waitFor();
    await page.getByLabel("Search").fill("");
    await page.getByLabel("Regime").selectOption("loop");
    await page.getByText("1 session", { exact: true }).waitFor();
    await page.getByLabel("Search").fill("nobody has this name");
    await page.getByText("No session fits these filters").waitFor();
    await page.getByRole("button", { name: "Clear filters" }).click();
    await page.getByText("100 sessions, more below").waitFor();
    expect(problems).toEqual([]);
    await close();
  });
}

async function sendLoopedSession(world: World): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), "caum-looped-"));
  try {
    let now = Date.now() - 3_600_000;
    await recordLoopedSession(home, () => {
      now += 100;
      return now;
    });
    for (const run of readdirSync(join(home, "runs"))) {
      const text = readFileSync(join(home, "runs", run, "records.ndjson"), "utf8");
      const lines = text.trimEnd().split("\n");
      for (let at = 0; at < lines.length; at += SENT_AT_ONCE) {
        await world.sendRun(run, lines.slice(at, at + SENT_AT_ONCE));
      }
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
