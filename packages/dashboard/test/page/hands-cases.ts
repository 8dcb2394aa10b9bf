/** Each page as whoever has no mouse uses it: keys alone, from the sign-in on. */
import type { Locator, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import type { Stage } from "../page.test.ts";
import type { BrowserDocument } from "./in-browser.ts";
import { LOOKS } from "./looks.ts";
import { openPage } from "./open-page.ts";
import { loopedAgent, openUntil } from "./overview-cases.ts";
import { REPEATED, varied, type World } from "./world.ts";

declare const document: BrowserDocument;

/** Each width and each scheme once. */
const HANDS = [LOOKS[0], LOOKS[3]] as const;
/** More stops than any page here has. */
const MOST_STOPS = 250;

/** Presses Tab until it is there, as a person would. */
async function tabTo(page: Page, locator: Locator): Promise<void> {
  await locator.waitFor();
  for (let stops = 0; stops < MOST_STOPS; stops++) {
    if (await locator.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not lead to ${locator}`);
}

async function pressAt(page: Page, locator: Locator, key = "Enter"): Promise<void> {
  await tabTo(page, locator);
  await page.keyboard.press(key);
}

async function typeAt(page: Page, locator: Locator, text: string): Promise<void> {
  await tabTo(page, locator);
  await page.keyboard.type(text);
}

async function signInByKeys(page: Page, { apiKey }: World): Promise<void> {
  await page.goto("/");
  await typeAt(page, page.getByLabel("API key"), apiKey);
  await page.keyboard.press("Enter");
  await page.getByRole("table", { name: "Sessions" }).waitFor();
}

async function go(page: Page, letter: string): Promise<void> {
  await page.keyboard.press("g");
  await page.keyboard.press(letter);
  await page.locator("main:not([aria-busy=true])").waitFor();
}

export function handsCases(stage: Stage): void {
  describe.each(HANDS)("keys alone, $colorScheme", (look) => casesIn(stage, look));
}

function casesIn(stage: Stage, look: (typeof HANDS)[number]): void {
  const scheme = look.colorScheme;
  test("from the overview to a tool, its days and back", async () => {
    const { world, browser } = stage;
    const looper = `by-hand-${scheme}`;
    await loopedAgent(world, looper);
    const { page, problems, close } = await openPage(browser, world.url, look);
    await signInByKeys(page, world);
    await openUntil(page, `/overview?kind=agent&name=${looper}`, /^2 of 3 sessions$/);
    await pressAt(page, page.getByRole("button", { name: new RegExp(`^agent: ${looper}`) }));
    await expect.poll(() => page.url()).toBe(`${world.url}/overview`);
    await typeAt(page, page.getByLabel("Days", { exact: true }), "last 7");
    await expect.poll(() => page.url()).toBe(`${world.url}/overview?days=7`);
    const tools = page.getByRole("region", { name: "By tool", exact: true });
    await pressAt(page, tools.getByRole("link", { name: "browser.get", exact: true }));
    const address = `${world.url}/overview?days=7&kind=tool&name=browser.get`;
    await expect.poll(() => page.url()).toBe(address);
    // The browser's own key, which the page leaves alone.
    await page.goBack();
    await expect.poll(() => page.url()).toBe(`${world.url}/overview?days=7`);
    expect(problems).toEqual([]);
    await close();
  });

  test("a group of loops is acknowledged, commented and muted", async () => {
    const { world, browser } = stage;
    const looper = `by-hand-too-${scheme}`;
    await loopedAgent(world, looper);
    const { page, problems, close } = await openPage(browser, world.url, look);
    await signInByKeys(page, world);
    await openUntil(page, `/loops?agent=${looper}`, /^2 times in 2 sessions$/);
    const entry = page.getByRole("region", { name: "Groups of loops" }).getByRole("listitem");
    await pressAt(page, entry.getByRole("button", { name: /^Acknowledge/ }));
    await entry.getByText("acknowledged", { exact: true }).waitFor();
    await pressAt(page, entry.locator("summary"));
    await typeAt(page, entry.getByLabel(/^Comment on/), "known since Monday");
    await page.keyboard.press("Enter");
    await entry.getByText("known since Monday").waitFor();
    await typeAt(page, entry.getByLabel(/^Mute/), "8 h");
    await entry.getByText(/^muted until/).waitFor();
    await pressAt(page, entry.getByRole("button", { name: /^Unmute/ }));
    await entry.getByText("acknowledged", { exact: true }).waitFor();
    await pressAt(page, entry.getByRole("link", { name: /^latest session/ }));
    await page.getByRole("heading", { level: 1, name: looper }).waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  test("the list is searched and filtered, and a view keeps that", async () => {
    const { world, browser } = stage;
    const found = `found-by-hand-${scheme}`;
    await (await world.startSession({ agent_id: found })).send(varied(1));
    const { page, problems, close } = await openPage(browser, world.url, look);
    await signInByKeys(page, world);
    await page.keyboard.press("/");
    await page.keyboard.type(found);
    await page.getByText("1 session", { exact: true }).waitFor();
    await typeAt(page, page.getByLabel("Time"), "last hour");
    await expect.poll(() => page.url()).toBe(`${world.url}/?q=${found}&within=3600000`);
    await pressAt(page, page.locator("summary").filter({ hasText: "Views" }));
    await typeAt(page, page.getByLabel("Name of this view"), "by hand");
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "by hand", exact: true }).waitFor();
    // In a field, letters are text.
    await page.keyboard.press("Tab");
    await go(page, "o");
    await expect.poll(() => page.url()).toBe(`${world.url}/overview`);
    await pressAt(page, page.locator("summary").filter({ hasText: "Views" }));
    await pressAt(page, page.getByRole("link", { name: "by hand", exact: true }));
    await page.getByText("1 session", { exact: true }).waitFor();
    await pressAt(page, page.locator("summary").filter({ hasText: "Views" }));
    await pressAt(page, page.getByRole("button", { name: "Delete by hand" }));
    await page.getByText("No view is kept yet.").waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  test("the records of a session are filtered, walked through and left", async () => {
    const { world, browser } = stage;
    const session = await world.startSession({ agent_id: "walked-by-hand" });
    await session.send(...Array.from({ length: 5 }, (_, nth) => varied(nth)));
    await session.send(...Array.from({ length: 9 }, () => REPEATED));
    const { page, problems, close } = await openPage(browser, world.url, look);
    await signInByKeys(page, world);
    await page.goto(`/dashboard/${session.id}`);
    const selected = page.getByRole("region", { name: "Selected step" });
    await pressAt(page, page.getByRole("button", { name: "Next loop" }));
    await selected.getByText("Step 6", { exact: true }).waitFor();
    await typeAt(page, page.getByLabel("Status"), "not");
    await page.getByText(/^9 of \d+ records$/).waitFor();
    await pressAt(page, page.getByLabel("in loops only"), "Space");
    await expect.poll(() => page.url()).toContain("?step=6&status=not_found&in=loop");
    await go(page, "s");
    await page.getByRole("table", { name: "Sessions" }).waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  test("each way in of the Start page, with the key typed once", async () => {
    const { world, browser } = stage;
    const { page, problems, close } = await openPage(browser, world.url, look);
    await signInByKeys(page, world);
    await pressAt(page, page.getByRole("link", { name: "Start" }));
    await typeAt(page, page.getByLabel("your API key"), "caum_live_by_hand");
    const tabs = page.getByRole("navigation", { name: "Ways in" }).getByRole("link");
    const names = await tabs.allTextContents();
    expect(names.length).toBe(9);
    for (const name of names) {
      await pressAt(page, tabs.getByText(name, { exact: true }));
      await expect
        .poll(() => tabs.and(page.locator("[aria-current=page]")).textContent())
        .toBe(name);
      await page.getByText("caum_live_by_hand").first().waitFor();
    }
    expect(problems).toEqual([]);
    await close();
  });
}
