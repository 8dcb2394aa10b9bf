import { expect, test } from "vitest";
import type { Stage } from "../page.test.ts";
import { signIn } from "./chromium.ts";
import type { BrowserDocument } from "./in-browser.ts";
import { openPage } from "./open-page.ts";
import { loopedAgent } from "./overview-cases.ts";
import { REPEATED, varied } from "./world.ts";

declare const document: BrowserDocument;

export function compareCases(stage: Stage): void {
  test.each([1280, 360])(
    "two sessions stand beside each other with what differs, %i pixels",
    async (width) => {
      const { world, browser } = stage;
      const [one, other] = [
        await world.startSession({ agent_id: "compared-a" }),
        await world.startSession({ agent_id: "compared-b" }),
      ];
      await one.send(...Array.from({ length: 6 }, (_, nth) => varied(nth)));
      await other.send(...Array.from({ length: 4 }, (_, nth) => varied(nth)));
      await other.send(...Array.from({ length: 9 }, () => REPEATED));
      const viewport = { width, height: 740 };
      const { page, problems, close } = await openPage(browser, world.url, { viewport });
      await signIn(page, world.apiKey);
      await page.goto("/compare");
      await page.getByLabel("First session").fill(one.id);
      await page.getByLabel("Second session").fill(other.id);
      await page.keyboard.press("Enter");
      await expect.poll(() => page.url()).toBe(`${world.url}/compare?a=${one.id}&b=${other.id}`);
      await page
        .getByText("The first 4 steps are alike; step 5 is read_file in A and browser.get in B.")
        .waitFor();
      const strips = page.getByRole("slider", { name: "Steps by regime" });
      await strips.nth(1).waitFor();
      expect(await strips.count()).toBe(2);
      const figures = page.getByRole("region", { name: "Figures" });
      const cells = (name: string) =>
        figures
          .getByRole("row")
          .filter({ hasText: name })
          .first()
          .getByRole("cell")
          .allTextContents();
      expect(await cells("steps")).toEqual(["6", "13", "+7"]);
      expect(await cells("loops")).toEqual(["0", "1", "+1"]);
      expect(await cells("failed calls")).toEqual(["0", "9", "+9"]);
      const tools = page.getByRole("region", { name: "Calls of tools" });
      expect(await tools.getByRole("row").nth(1).textContent()).toBe("browser.get09+9");
      const loops = page.getByRole("region", { name: "Loops", exact: true });
      expect(await loops.getByRole("row").nth(1).textContent()).toMatch(/^browser\.get: .+01\+1$/);
      const all = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(all).toBeLessThanOrEqual(width);
      await page.goto(`/compare?a=${one.id}&b=${one.id}`);
      await page.getByText("Both call the same tools in the same order, over 6 steps.").waitFor();
      expect(problems).toEqual([]);
      await page.goto(`/compare?a=${one.id}&b=nobody`);
      await page.getByRole("alert").waitFor();
      await close();
    },
  );

  test("what a session has no place for is not named, and stands below the table", async () => {
    const { world, browser } = stage;
    const [wide, narrow] = [
      await world.startSession({ agent_id: "wide" }),
      await world.startSession({ agent_id: "narrow" }),
    ];
    const call = (nth: number, tool = nth) => ({ ...varied(nth), tool: `tool-${tool}` });
    await wide.send(...Array.from({ length: 17 }, (_, at) => call(at + 1)));
    await narrow.send(call(1), call(17), call(18, 17));
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    await page.goto(`/compare?a=${wide.id}&b=${narrow.id}`);
    const tools = page.getByRole("region", { name: "Calls of tools" });
    await tools.getByRole("row").filter({ hasText: "tool-17not named2–" }).waitFor();
    await tools.getByText("of tools that are not named: 1 in A, 0 in B").waitFor();
    const figures = page.getByRole("region", { name: "Figures" });
    await figures.getByRole("row").filter({ hasText: "different toolsnot known2–" }).waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  const LOOKS = [
    [1280, "light"],
    [1280, "dark"],
    [360, "light"],
    [360, "dark"],
  ] as const;
  test.each(LOOKS)(
    "two selections are made by keyboard, and what differs has its interval, %i pixels, %s",
    async (width, colorScheme) => {
      const { world, browser } = stage;
      const name = `selected-${width}-${colorScheme}`;
      await loopedAgent(world, name);
      for (let at = 0; at < 3; at++) {
        const session = await world.startSession({ agent_id: `calm-${name}` });
        await session.send(...Array.from({ length: 4 }, (_, nth) => varied(nth)));
      }
      const options = { viewport: { width, height: 740 }, colorScheme };
      const { page, problems, close } = await openPage(browser, world.url, options);
      await signIn(page, world.apiKey);
      await page.goto("/compare");
      await page.getByRole("combobox", { name: "What" }).focus();
      await page.keyboard.press("ArrowDown");
      const a = page.getByRole("group", { name: "A", exact: true });
      await a.getByLabel("Agent").focus();
      await page.keyboard.type(name);
      const b = page.getByRole("group", { name: "B", exact: true });
      await b.getByLabel("Agent").focus();
      await page.keyboard.type(`calm-${name}`);
      await b.getByLabel("Since").focus();
      await page.keyboard.type("1d");
      await page.keyboard.press("Enter");
      const address = `${world.url}/compare?a.agent=${name}&b.agent=calm-${name}&b.since=1d`;
      await expect.poll(() => page.url()).toBe(address);
      await page.getByText("A 3 sessions, 1 not over, B 3 sessions, 3 not over.").waitFor();
      const strips = page.getByRole("region", { name: "Sessions with a loop", exact: true });
      await strips.getByText("2 of 3, 66.7 %").waitFor();
      await strips.getByText("0 of 3, 0.0 %").waitFor();
      await strips.getByText(/^−66\.7 points, from −\d+\.\d to [+−]?\d+\.\d \(95 %\)$/).waitFor();
      const figures = page.getByRole("region", { name: "Figures, mean of a session" });
      const cost = figures.getByRole("row").filter({ hasText: /^cost/ });
      await cost.waitFor();
      const loops = page.getByRole("region", { name: "Sessions with a loop of", exact: true });
      expect(await loops.getByRole("row").nth(1).textContent()).toMatch(/20−2$/);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
        width,
      );
      // The same address shows the same, and back leads to where one was.
      await page.reload();
      expect(await page.getByRole("combobox", { name: "What" }).inputValue()).toBe("selections");
      await strips.getByText("2 of 3, 66.7 %").waitFor();
      await page.goBack();
      await expect.poll(() => page.url()).toBe(`${world.url}/compare`);
      expect(problems).toEqual([]);
      await page.goto(`/compare?a.agent=nobody&b.agent=${name}`);
      await page.getByRole("alert").getByText("A matches no session").waitFor();
      await page.goto(`/compare?a.agent=${name}&b.since=junk`);
      await page.getByRole("alert").getByText("a time is 12h, 7d, 4w or 2026-11-01").waitFor();
      await close();
    },
  );
}
