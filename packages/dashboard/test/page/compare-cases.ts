import { expect, test } from "vitest";
import type { Stage } from "../page.test.ts";
import { signIn } from "./chromium.ts";
import type { BrowserDocument } from "./in-browser.ts";
import { openPage } from "./open-page.ts";
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
      expect(await page.getByRole("slider", { name: "Steps by regime" }).count()).toBe(2);
      const figures = page.getByRole("region", { name: "Figures" });
      const cells = (name: string) =>
        figures
          .getByRole("row")
          .filter({ hasText: name })
          .first()
          .getByRole("cell")
          .allTextContents();
      expect(await cells("steps")).toEqual(["6", "13"]);
      expect(await cells("loops")).toEqual(["0", "1"]);
      expect(await cells("failed steps")).toEqual(["0", "9"]);
      const tools = page.getByRole("region", { name: "Steps by tool" });
      expect(await tools.getByRole("row").nth(1).textContent()).toBe("browser.get09");
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
}
