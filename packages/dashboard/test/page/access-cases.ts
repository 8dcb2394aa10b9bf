import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import type { Stage } from "../page.test.ts";
import { signIn } from "./chromium.ts";
import type { BrowserDocument } from "./in-browser.ts";
import { openPage } from "./open-page.ts";
import { loopedAgent, openUntil } from "./overview-cases.ts";
import { loopedWorkflow, showCard } from "./workflow-cases.ts";
import { REPEATED, varied } from "./world.ts";

declare const document: BrowserDocument;

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const GRAVE = ["serious", "critical"];

/** What axe-core finds that is serious or worse. */
export async function graveFindings(page: Page): Promise<unknown[]> {
  await page.evaluate(AXE);
  const violations = await page.evaluate(async () => {
    // axe was put there by the line before.
    // biome-ignore lint/suspicious/noExplicitAny: it brings no types of its own into the page
    const { axe } = globalThis as any;
    return (await axe.run(document)).violations;
  });
  return violations
    .filter(({ impact }: { impact: string }) => GRAVE.includes(impact))
    .map(({ id, nodes }: { id: string; nodes: { html: string; failureSummary: string }[] }) => ({
      id,
      html: nodes[0]?.html,
      why: nodes[0]?.failureSummary,
    }));
}

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

  test.each(["light", "dark"] as const)("no serious finding of axe-core, %s", async (scheme) => {
    const { world, browser } = stage;
    const options = { colorScheme: scheme };
    const { page, problems, close } = await openPage(browser, world.url, options);
    await page.goto("/");
    await page.getByLabel("API key").waitFor();
    expect(await graveFindings(page)).toEqual([]);
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
      expect(await graveFindings(page), `${place} ${scheme}`).toEqual([]);
    }
    expect(problems).toEqual([]);
    await close();
  });

  test("everything fits 360 pixels", async () => {
    const { world, browser } = stage;
    const viewport = { width: 360, height: 740 };
    const { page, close } = await openPage(browser, world.url, { viewport });
    await signIn(page, world.apiKey);
    for (const place of await placesOf()) {
      await page.goto(place);
      await page.locator("main:not([aria-busy=true])").waitFor();
      if (place === "/workflows") await showCard(page, "seen", "with a loop");
      if (place === "/overview" || place === "/loops") await openUntil(page, place, /circling/);
      if (place === "/workflows/seen") await showAll(page);
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(width, place).toBeLessThanOrEqual(360);
    }
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
