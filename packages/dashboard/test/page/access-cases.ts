import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import type { Stage } from "../page.test.ts";
import { signIn } from "./chromium.ts";
import type { BrowserDocument } from "./in-browser.ts";
import { expectFit, LOOKS } from "./looks.ts";
import { openPage } from "./open-page.ts";
import { loopedAgent, openUntil } from "./overview-cases.ts";
import { loopedWorkflow, showCard } from "./workflow-cases.ts";
import { REPEATED, varied } from "./world.ts";

declare const document: BrowserDocument;

export function accessCases(stage: Stage): void {
  const placesOf = async () => {
    const session = await stage.world.startSession({ agent_id: "seen" });
    await session.send(varied(1), varied(2), ...Array.from({ length: 8 }, () => REPEATED));
    await loopedWorkflow(stage.world, "seen");
    await loopedAgent(stage.world, "circling");
    const workflows = ["/workflows", "/workflows/seen"];
    const compare = `/compare?a=${session.id}&b=${session.id}`;
    const selections = "/compare?a.agent=circling&b.workflow=seen";
    const overview = ["/overview", "/loops", compare, selections];
    const account = ["/onboarding", "/alerts", "/settings"];
    return ["/", `/dashboard/${session.id}`, ...account, ...workflows, ...overview];
  };

  test.each(LOOKS)("every page fits and has no serious finding of axe-core, %o", async (look) => {
    const { world, browser } = stage;
    const { page, problems, close } = await openPage(browser, world.url, look);
    await page.goto("/");
    await page.getByLabel("API key").waitFor();
    await expectFit(page, "sign-in");
    await signIn(page, world.apiKey);
    for (const place of await placesOf()) {
      await page.goto(place);
      await page.locator("main:not([aria-busy=true])").waitFor();
      if (place.startsWith("/dashboard")) {
        await page.getByRole("button", { name: "Verify in this browser" }).click();
        await page.getByRole("heading", { name: "Not proved" }).waitFor();
        await page.getByRole("button", { name: "Find sessions" }).click();
        await page.getByText(/^Compared with/).waitFor();
      }
      if (place === "/workflows") await showCard(page, "seen", "with a loop");
      if (place === "/overview" || place === "/loops") await openUntil(page, place, /circling/);
      if (place === "/workflows/seen") await showAll(page);
      if (place.startsWith("/compare"))
        await page.getByRole("region", { name: "Figures" }).waitFor();
      await expectFit(page, place);
    }
    expect(problems).toEqual([]);
    await close();
  });

  test("the keyboard alone leads from sign-in to a session and its proof", async () => {
    const { world, browser } = stage;
    await placesOf();
    const { page, close } = await openPage(browser, world.url);
    await page.goto("/");
    await page.getByLabel("API key").waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.type(world.apiKey);
    await page.keyboard.press("Enter");
    await page.getByRole("table", { name: "Sessions" }).waitFor();
    await page.getByRole("link", { name: /^seen/ }).first().focus();
    await page.keyboard.press("Enter");
    const verify = page.getByRole("button", { name: "Verify in this browser" });
    await verify.waitFor();
    for (let tabs = 0; tabs < 30 && !(await hasFocus(page)); tabs++)
      await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Not proved" }).waitFor();
    await close();
  });
}

/** Waits for every part of a workflow's page. */
async function showAll(page: Page): Promise<void> {
  await page.getByText("What is assumed").click();
  await page.locator("main [aria-busy=true]").first().waitFor({ state: "detached" });
}

function hasFocus(page: Page): Promise<boolean> {
  return page.evaluate(() => document.activeElement?.textContent === "Verify in this browser");
}
