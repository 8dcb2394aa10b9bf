import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import type { Stage } from "../page.test.ts";
import { signIn } from "./chromium.ts";
import { openPage } from "./open-page.ts";
import { REPEATED, UNTIL_SUMMED_UP, varied, type World } from "./world.ts";

const MARKUP = "<img src=x onerror=alert(1)>";

/** Sessions of one agent of which two loop alike, and one goes on doing so. */
export async function loopedAgent(world: World, agent: string): Promise<string> {
  let last = "";
  for (const [at, repeats] of [9, 0, 12].entries()) {
    const session = await world.startSession({ agent_id: agent, workflow: `${agent}-work` });
    await session.send(...Array.from({ length: 5 }, (_, step) => varied(step)));
    if (repeats > 0) await session.send(...Array.from({ length: repeats }, () => REPEATED));
    if (at < 2) await world.endSession(session.id, {});
    last = session.id;
  }
  return last;
}

/** Opens an address until it shows this; what sessions did is summed up some seconds later. */
export async function openUntil(page: Page, address: string, words: RegExp): Promise<void> {
  await expect
    .poll(async () => {
      await page.goto(address);
      await page.locator("main:not([aria-busy=true])").waitFor();
      return page.getByText(words).count();
    }, UNTIL_SUMMED_UP)
    .toBeGreaterThan(0);
}

export function overviewCases(stage: Stage): void {
  test("the overview says what loops now, what loops cost, where, and what waits", async () => {
    const { world, browser } = stage;
    const now = await loopedAgent(world, "looper");
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    await openUntil(page, "/overview?kind=agent&name=looper", /^2 of 3 sessions$/);
    const loops = page.getByRole("region", { name: "Loops now" });
    await loops.getByRole("link", { name: "looper" }).first().waitFor();
    const cost = page.getByRole("region", { name: "Cost in loops" });
    await cost.getByText(/^\$0\.0252 of \$0\.0\d+\. [\d.]+K of [\d.]+K tokens\.$/).waitFor();
    await page.getByRole("img", { name: /^3 sessions from .+, 2 of them with a loop$/ }).waitFor();
    const waiting = page.getByRole("region", { name: "Waiting for a look" });
    await waiting.getByRole("listitem").filter({ hasText: "looper" }).waitFor();
    await page.getByRole("button", { name: /^agent: looper/ }).click();
    expect(page.url()).toBe(`${world.url}/overview`);
    await page.getByRole("region", { name: "Regimes" }).waitFor();
    await page.getByRole("region", { name: "Blind spots" }).waitFor();
    const tools = page.getByRole("region", { name: "By tool", exact: true });
    const tool = tools.getByRole("row").filter({ hasText: "browser.get" });
    expect(await tool.textContent()).toMatch(/\d+\.\d %/);
    await page.goBack();
    await page.getByText(/^2 of 3 sessions$/).waitFor();
    await loops.getByRole("link", { name: "looper" }).first().click();
    await page.getByRole("heading", { level: 1, name: "looper" }).waitFor();
    expect(page.url()).toContain(now);
    expect(problems).toEqual([]);
    await close();
  });

  test("blind spots say what adapters cannot see, also what this page has no words for", async () => {
    const { world, browser } = stage;
    await loopedAgent(world, "blind");
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    await page.route("**/dashboard-api/overview?*", async (route) => {
      const answer = await route.fetch();
      const blind = [
        { code: "host_version_untested", writer: MARKUP, sessions: 2 },
        { code: "something_new", writer: null, sessions: 1 },
      ];
      await route.fulfill({ json: { ...(await answer.json()), blind } });
    });
    await openUntil(page, "/overview", /^blind$/);
    const spots = page.getByRole("region", { name: "Blind spots" }).getByRole("listitem");
    await spots
      .filter({ hasText: `2 sessions: the release of the host is not tested (${MARKUP}).` })
      .waitFor();
    await spots.filter({ hasText: "1 session: a writer says something_new." }).waitFor();
    expect(await page.locator("#page img").count()).toBe(0);
    expect(problems).toEqual([]);
    await close();
  });

  test("days and a name are in the address, and the page is what the address says", async () => {
    const { world, browser } = stage;
    await loopedAgent(world, "addressed");
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    await openUntil(page, "/overview", /^browser\.get$/);
    await page.getByLabel("Days", { exact: true }).selectOption("7");
    await expect.poll(() => page.url()).toBe(`${world.url}/overview?days=7`);
    const tools = page.getByRole("region", { name: "By tool", exact: true });
    await tools.getByRole("link", { name: "browser.get", exact: true }).click();
    const address = `${world.url}/overview?days=7&kind=tool&name=browser.get`;
    await expect.poll(() => page.url()).toBe(address);
    await page.getByRole("button", { name: "tool: browser.get" }).waitFor();
    await page.getByLabel("From day").fill("2020-01-01");
    await page.getByLabel("To day").fill("2020-02-01");
    await page.getByText("None of 0 sessions from 2020-01-01 to 2020-02-01").waitFor();
    for (let times = 0; times < 3; times++) await page.goBack();
    await expect.poll(() => page.url()).toBe(`${world.url}/overview?days=7`);
    expect(await page.getByLabel("Days", { exact: true }).inputValue()).toBe("7");
    await page.goto(`${world.url}/overview?days=junk&from=2020&kind=moon&name=x`);
    await page.getByRole("region", { name: "Loops now" }).waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  test("loops of one structure are one entry: acknowledged, commented, muted for a time", async () => {
    const { world, browser } = stage;
    await loopedAgent(world, "grouped");
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    await openUntil(page, "/loops?agent=grouped", /^2 times in 2 sessions$/);
    const entry = page.getByRole("region", { name: "Groups of loops" }).getByRole("listitem");
    expect(await entry.count()).toBe(1);
    await entry.getByText("$0.0252", { exact: true }).waitFor();
    await entry.getByRole("img", { name: "2 in the last 14 days" }).waitFor();
    await entry.getByRole("button", { name: /^Acknowledge/ }).focus();
    await page.keyboard.press("Enter");
    await entry.getByText("acknowledged", { exact: true }).waitFor();
    await entry.getByText("Comment", { exact: false }).first().click();
    await entry.getByLabel(/^Comment on/).fill(MARKUP);
    await entry.getByRole("button", { name: "Send" }).click();
    await entry.getByText(MARKUP).waitFor();
    expect(await page.locator("#page img").count()).toBe(0);
    await entry.getByLabel(/^Mute/).selectOption("24");
    await entry.getByText(/^muted until/).waitFor();
    await page.getByLabel("State").selectOption("open");
    await page.getByText("No loop fits these filters").waitFor();
    expect(page.url()).toBe(`${world.url}/loops?agent=grouped&state=open`);
    await page.goBack();
    await entry.getByRole("button", { name: /^Unmute/ }).click();
    await entry.getByText("acknowledged", { exact: true }).waitFor();
    await entry.getByRole("link", { name: /^latest session/ }).click();
    await page.getByRole("heading", { level: 1, name: "grouped" }).waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  test("filters of the list are in its address; back works, and a view keeps them", async () => {
    const { world, browser } = stage;
    await (await world.startSession({ agent_id: "kept-view" })).send(varied(1));
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, await world.apiKey);
    await page.getByLabel("Search").fill("kept-view");
    await page.getByText("1 session", { exact: true }).waitFor();
    await page.getByLabel("Time").selectOption("3600000");
    await expect.poll(() => page.url()).toBe(`${world.url}/?q=kept-view&within=3600000`);
    await page.getByText("Views", { exact: true }).click();
    await page.getByLabel("Name of this view").fill("mine");
    await page.getByRole("button", { name: "Keep it" }).click();
    await page.getByRole("link", { name: "mine" }).waitFor();
    await page.goto("/overview");
    await page.getByText("Views", { exact: true }).click();
    await page.getByRole("link", { name: "mine" }).click();
    await page.getByText("1 session", { exact: true }).waitFor();
    expect(page.url()).toBe(`${world.url}/?q=kept-view&within=3600000`);
    expect(await page.getByLabel("Search").inputValue()).toBe("kept-view");
    await page.getByLabel("Tier").selectOption("T5");
    await page.getByText("No session fits these filters").waitFor();
    await page.goBack();
    await page.getByText("1 session", { exact: true }).waitFor();
    expect(await page.getByLabel("Tier").inputValue()).toBe("");
    await page.getByText("Views", { exact: true }).click();
    await page.getByRole("button", { name: "Delete mine" }).click();
    await page.getByText("No view is kept yet.").waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  test("an account without a session is told what to do, and a collector that is away in words", async () => {
    const { world, browser } = stage;
    const { page, close } = await openPage(browser, world.url);
    await signIn(page, (await world.newAccount()).apiKey);
    await page.getByRole("link", { name: "Overview" }).click();
    await page.getByText("No session in these days").waitFor();
    await page.getByRole("link", { name: "Loops", exact: true }).click();
    await page.getByText("No loop fits these filters").waitFor();
    await page.route("**/dashboard-api/overview?*", (route) => route.abort());
    await page.getByRole("link", { name: "Overview" }).click();
    await page.getByText("the collector does not answer: is it running?").waitFor();
    await close();
  });
}
