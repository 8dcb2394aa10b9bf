import { expect, test } from "vitest";
import type { Stage } from "../page.test.ts";
import { signIn } from "./chromium.ts";
import { openPage } from "./open-page.ts";

export function closingCases(stage: Stage): void {
  test("a page is closed while a case answers for the collector, and nothing fails of that", async () => {
    const { world, browser } = stage;
    const { page, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    let goOn = () => {};
    const closed = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    let asked = 0;
    await page.route("**/v1/alerts*", async (route) => {
      asked += 1;
      await closed;
      await route.fetch();
    });
    await page.getByRole("link", { name: "Alerts" }).click();
    await expect.poll(() => asked).toBeGreaterThan(0);
    await close();
    // What the case does then fails, and vitest would say so of the whole run.
    goOn();
    await new Promise((resolve) => setImmediate(resolve));
    expect(page.isClosed()).toBe(true);
  });
}
