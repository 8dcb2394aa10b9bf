import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import type { Stage } from "../page.test.ts";
import { signIn } from "./chromium.ts";
import { openPage } from "./open-page.ts";
import { REPEATED, varied } from "./world.ts";

/** Inside the browser. */
declare const navigator: { readonly clipboard: { readText(): Promise<string> } };

const MARKUP = "<img src=x onerror=alert(1)>";

/** Whether the last row of the table is in its view as a whole, once it is scrolled to its end. */
async function isLastRowSeen(page: Page): Promise<boolean> {
  const view = page.locator(".steps .view");
  await view.evaluate((element) => element.scrollTo(0, element.scrollHeight));
  const [row, box] = [
    await page.locator(".steps .row").last().boundingBox(),
    await view.boundingBox(),
  ];
  // Rows come and go with the view.
  if (row === null || box === null) return false;
  return row.y >= box.y && row.y + row.height <= box.y + box.height + 1;
}

export function sessionAddressCases(stage: Stage): void {
  test("the selected step and the filters are in the address: shared, reloaded, gone back to", async () => {
    const { world, browser } = stage;
    const session = await world.startSession({ agent_id: "selected" });
    await session.send(...Array.from({ length: 40 }, (_, nth) => varied(nth)));
    await session.send(...Array.from({ length: 9 }, () => REPEATED));
    await session.send(...Array.from({ length: 20 }, (_, nth) => varied(nth + 100)));
    const permissions = ["clipboard-read", "clipboard-write"];
    const { page, problems, close } = await openPage(browser, world.url, { permissions });
    await signIn(page, world.apiKey);
    const address = `${world.url}/dashboard/${session.id}`;
    await page.goto(address);
    await page.getByRole("button", { name: "Next loop" }).focus();
    await page.keyboard.press("Enter");
    const selected = page.getByRole("region", { name: "Selected step" });
    await selected.getByText("Step 41", { exact: true }).waitFor();
    await selected.getByText("browser.get", { exact: true }).waitFor();
    expect(page.url()).toBe(`${address}?step=41`);
    await page.locator(".row.at").getByText("browser.get").waitFor();
    await selected.getByRole("button", { name: "Copy the link to this step" }).click();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toBe(`${address}?step=41`);
    await page.getByLabel("Status").selectOption("not_found");
    await page.getByText(/^9 of \d+ records$/).waitFor();
    await page.getByLabel("in loops only").check();
    await expect.poll(() => page.url()).toBe(`${address}?step=41&status=not_found&in=loop`);
    await page.goBack();
    await page.goBack();
    await expect.poll(() => page.url()).toBe(`${address}?step=41`);
    await page.getByText("70 records", { exact: true }).waitFor();
    await page.goto(`${address}?step=65&tool=edit`);
    await selected.getByText("Step 65", { exact: true }).waitFor();
    await page.getByText(/^15 of \d+ records$/).waitFor();
    await page.goto(`${address}?step=9999&status=none`);
    await page.getByText("0 of 70 records").waitFor();
    expect(await selected.count()).toBe(0);
    expect(problems).toEqual([]);
    await close();
  });

  test.each([1280, 360])(
    "the last row of a long table is seen as a whole, %i pixels",
    async (width) => {
      const { world, browser } = stage;
      const session = await world.startSession({ agent_id: "long-table" });
      await session.send(...Array.from({ length: 60 }, (_, nth) => varied(nth)));
      const { page, close } = await openPage(browser, world.url, {
        viewport: { width, height: 740 },
      });
      await signIn(page, world.apiKey);
      await page.goto(`/dashboard/${session.id}`);
      await page.getByText("61 records", { exact: true }).waitFor();
      await expect.poll(() => isLastRowSeen(page)).toBe(true);
      await close();
    },
  );

  test("what nobody said is not known, and is no chart", async () => {
    const { world, browser } = stage;
    for (let step = 1; step <= 9; step++) {
      await world.sendStep({
        session_id: "unsaid",
        step,
        tool: "bash",
        state_hash: "the-same-state",
      });
    }
    await world.endSession("unsaid", {});
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    await page.goto("/dashboard/unsaid");
    await page.getByText("tokens not known, cost not known").waitFor();
    await page.getByText("cost not known", { exact: true }).first().waitFor();
    expect(await page.getByText("$0.00").count()).toBe(0);
    const words = page.getByText(/^Not drawn: no record says tokens; no record says what it cost/);
    await words.waitFor();
    expect(await page.getByRole("img", { name: "Cost" }).count()).toBe(0);
    await page
      .getByText(/^From 0\.\d\d to 0\.\d\d, lowest 0\.\d\d at step \d/)
      .first()
      .waitFor();
    await page.getByText("last step", { exact: true }).waitFor();
    await page.goto("/?q=unsaid");
    const row = page.getByRole("row").filter({ hasText: "unsaid" });
    await row.getByText(/^ended /).waitFor();
    expect(await row.textContent()).not.toMatch(/ended now|\$0/);
    expect(problems).toEqual([]);
    await close();
  });

  test("servers and sub-agents are lanes below the strip, and narrow the table", async () => {
    const { world, browser } = stage;
    const session = await world.startSession({ agent_id: "laned" });
    await session.send(...Array.from({ length: 12 }, (_, nth) => varied(nth)));
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    // The live door takes no names of servers, so they are put into the answer.
    await page.route("**/steps?*", async (route) => {
      const answer = await route.fetch();
      const body = await answer.json();
      for (const [at, step] of body.steps.entries()) {
        step.server_tag = at % 3 === 0 ? "files" : MARKUP;
        if (at > 6) step.agent_tag = "helper";
        else step.agent_tag = "main";
      }
      await route.fulfill({ json: body });
    });
    await page.goto(`/dashboard/${session.id}`);
    const lanes = page.getByRole("region", { name: "Servers and sub-agents", exact: true });
    await lanes.getByRole("img", { name: /^server files: 4 of 12 steps/ }).waitFor();
    await lanes.getByRole("img", { name: /^agent helper: 6 of 12 steps/ }).waitFor();
    await lanes.getByText(MARKUP).waitFor();
    expect(await page.locator("#page img").count()).toBe(0);
    await page.getByLabel("Sub-agent", { exact: true }).selectOption("helper");
    await page.getByText(/^6 of \d+ records$/).waitFor();
    expect(problems).toEqual([]);
    await close();
  });
}
