import { expect, test } from "vitest";
import type { Stage } from "../page.test.ts";
import { signIn } from "./chromium.ts";
import { openPage } from "./open-page.ts";
import { REPEATED, varied } from "./world.ts";

const MARKUP = "<img src=x onerror=alert(1)>";
const RIGHT_TO_LEFT = "\u05d0\u05d1\u05d2 \u202etxt.exe";

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
