import { expect, test } from "vitest";
import type { Stage } from "../../page.test.ts";
import { signIn } from "../chromium.ts";
import { expectFit, LOOKS } from "../looks.ts";
import { openPage } from "../open-page.ts";
import { answered, openAsAdmin } from "./settings-cases.ts";

const MARKUP = "<img src=x onerror=alert(1)>";
const KEY = /^caum_live_[\w-]{32}[0-9a-f]{4}$/;

export function keysCases(stage: Stage): void {
  test("a key is made, shown once, used and revoked, by keyboard alone", async () => {
    const { world, browser } = stage;
    const { page, problems, close } = await openAsAdmin(browser, world);
    const press = async (...keys: readonly string[]) => {
      for (const key of keys) await page.keyboard.press(key);
    };
    await page.goto("/settings?section=keys");
    await page.getByRole("textbox", { name: "label" }).focus();
    await page.keyboard.type("build server");
    // It may read: recording is taken away.
    await press("Tab", "Space", "Tab", "Tab", "Tab");
    await page.keyboard.type("in 90");
    await press("Tab", "Tab", "Enter");
    const form = page.getByRole("region", { name: "New key" });
    const key = (await form.getByText(KEY).textContent()) ?? "";
    const entry = page.getByRole("listitem").filter({ hasText: "build server" });
    await entry.getByText("not used yet").waitFor();
    await entry.getByText(/^made \d{4}-\d\d-\d\d by key first admin key$/).waitFor();
    const end = new Date(Date.now() + 90 * 86_400_000).toISOString().slice(0, 10);
    await entry.getByText(`expires ${end}`).waitFor();
    await entry.getByText("read", { exact: true }).waitFor();
    const ask = () =>
      fetch(`${world.url}/v1/usage`, { headers: { authorization: `Bearer ${key}` } });
    expect((await ask()).status).toBe(200);
    await page.reload();
    await entry.getByText(/^used (?:now|\d+ s ago)$/).waitFor();
    expect(await page.getByText(KEY).count()).toBe(0);
    await entry.getByRole("button", { name: "Revoke build server" }).focus();
    await press("Enter");
    const question = page.getByRole("dialog", { name: "Revoke build server?" });
    await question.waitFor();
    await press("Escape");
    await answered(page, "Revoke build server?");
    expect((await ask()).status).toBe(200);
    await press("Enter");
    await question.waitFor();
    await press("Tab", "Enter");
    await entry.getByText("revoked", { exact: true }).waitFor();
    expect(await entry.getByRole("button").count()).toBe(0);
    expect((await ask()).status).toBe(401);
    expect(problems).toEqual([]);
    await close();
  });

  test("keys fit each width and scheme, whatever their label says", async () => {
    const { world, browser } = stage;
    for (const look of LOOKS) {
      const { page, problems, close } = await openAsAdmin(browser, world, look);
      await page.goto("/settings?section=keys");
      const label = `${MARKUP}${"x".repeat(200)}`;
      await page.getByRole("textbox", { name: "label" }).fill(label);
      await page.getByRole("button", { name: "Make key" }).click();
      await page.getByText(KEY).waitFor();
      const words = `keys ${look.colorScheme} ${look.viewport.width}`;
      const entry = page.getByRole("listitem").filter({ hasText: label }).first();
      await entry.waitFor();
      await expectFit(page, words);
      await entry.getByRole("button", { name: /^Revoke/ }).click();
      await page.getByRole("dialog").waitFor();
      await expectFit(page, `${words}, the question`);
      expect(await page.locator("#page img").count()).toBe(0);
      expect(problems).toEqual([]);
      await close();
    }
  });

  test("a key that may do nothing is not made, and a collector that is away is said to be", async () => {
    const { world, browser } = stage;
    const { page, close } = await openPage(browser, world.url);
    await signIn(page, (await world.newAccount()).apiKey);
    await page.goto("/settings?section=keys");
    await page.getByText("without a label").waitFor();
    for (const box of await page.getByRole("checkbox").all()) await box.setChecked(false);
    await page.getByRole("button", { name: "Make key" }).click();
    await page.getByText("choose what the key may do").waitFor();
    await page.route("**/v1/keys/*", (route) => route.abort());
    await page.getByRole("button", { name: /^Revoke/ }).click();
    await page.getByRole("button", { name: "Revoke it" }).click();
    await page.getByText("the collector does not answer: is it running?").waitFor();
    await page.route("**/v1/keys", (route) => route.abort());
    await page.reload();
    await page.getByText("the collector does not answer: is it running?").waitFor();
    expect(await page.getByRole("button", { name: "Make key" }).count()).toBe(0);
    await close();
  });
}
