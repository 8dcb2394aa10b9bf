import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import type { Stage } from "../../page.test.ts";
import { expectFit, LOOKS } from "../looks.ts";
import { openPage } from "../open-page.ts";
import { answered, openAsAdmin } from "./settings-cases.ts";

const members = (page: Page) => page.getByRole("region", { name: "Members" });
const entry = (page: Page, label: string) =>
  members(page).getByRole("listitem").filter({ hasText: label });

/** Invites from the keyboard alone. @returns the link */
async function invite(page: Page, label: string, isAdmin = false): Promise<string> {
  await members(page).getByLabel("name or e-mail address").focus();
  await page.keyboard.type(label);
  await page.keyboard.press("Tab");
  if (isAdmin) await page.keyboard.type("admin");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await members(page).getByText(`Send this link to ${label} alone.`).waitFor();
  return members(page).locator("pre").innerText();
}

export function memberCases(stage: Stage): void {
  test("an admin invites, and whoever opens the link sees what the role may see", async () => {
    const { world, browser } = stage;
    const { page, problems, close } = await openAsAdmin(browser, world);
    await page.goto("/settings?section=members");
    const link = await invite(page, "Ada");
    await entry(page, "Ada").getByText("invited; the link is good until").waitFor();
    const hers = await openPage(browser, world.url);
    await hers.page.goto(link);
    await hers.page.getByRole("link", { name: "Sessions" }).waitFor();
    expect(hers.page.url()).toBe(`${world.url}/`);
    await hers.page.goto("/settings?section=members");
    await members(hers.page).getByText("This needs the role admin.").waitFor();
    expect(hers.problems).toEqual([]);
    await page.reload();
    await entry(page, "Ada")
      .getByText(/^joined .*, last seen now$/)
      .waitFor();
    const late = await openPage(browser, world.url);
    await late.page.goto(link);
    await late.page.getByText("this invitation was used").waitFor();
    await late.close();
    await hers.close();
    expect(problems).toEqual([]);
    await close();
  });

  test("another role and removal sign a member out; all of it by keyboard", async () => {
    const { world, browser } = stage;
    const { page, problems, close } = await openAsAdmin(browser, world);
    await page.goto("/settings?section=members");
    const his = await openPage(browser, world.url);
    const first = await invite(page, "Bob");
    await his.page.goto(first);
    await his.page.getByRole("link", { name: "Sessions" }).waitFor();
    await page.getByRole("button", { name: "Make admin Bob" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Make viewer Bob" }).waitFor();
    await his.page.getByText("your sign-in has ended").waitFor();
    await page.getByRole("button", { name: "New link for Bob" }).focus();
    await page.keyboard.press("Enter");
    const link = members(page).locator("pre");
    await expect.poll(() => link.innerText()).not.toBe(first);
    // In a page that is open there already, which is not loaded again.
    await his.page.goto(await link.innerText());
    await his.page.getByRole("link", { name: "Sessions" }).waitFor();
    await his.page.goto("/settings?section=members");
    await entry(his.page, "Bob").waitFor();
    await page.getByRole("button", { name: "Remove Bob" }).focus();
    await page.keyboard.press("Enter");
    const question = page.getByRole("dialog", { name: "Remove Bob?" });
    await question.waitFor();
    await expectFit(page, "the question");
    await page.keyboard.press("Escape");
    await answered(page, "Remove Bob?");
    await page.keyboard.press("Enter");
    await question.waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await entry(page, "Bob").waitFor({ state: "detached" });
    await his.page.goto("/");
    await his.page.getByLabel("API key").waitFor();
    await his.close();
    expect(problems).toEqual([]);
    await close();
  });

  test("whoever is signed in is asked before an invitation signs them out", async () => {
    const { world, browser } = stage;
    const { page, close } = await openAsAdmin(browser, world);
    await page.goto("/settings?section=members");
    const link = await invite(page, "Cleo");
    await page.goto("about:blank");
    await page.goto(link);
    await page.getByRole("heading", { name: "Use this invitation?" }).waitFor();
    expect(page.url()).not.toContain("#");
    await expectFit(page, "the question");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "Sessions" }).waitFor();
    await page.goto("/settings?section=members");
    await entry(page, "Cleo").getByText("invited; the link is good until").waitFor();
    await page.goto("about:blank");
    await page.goto(link);
    await page.getByRole("button", { name: "Sign in with it" }).click();
    await page.getByRole("link", { name: "Sessions" }).waitFor();
    await page.goto("/settings?section=members");
    await members(page).getByText("This needs the role admin.").waitFor();
    await close();
  });

  test("members fit each width and scheme, and a label that is taken is refused in words", async () => {
    const { world, browser } = stage;
    for (const [at, look] of LOOKS.entries()) {
      const { page, close } = await openAsAdmin(browser, world, look);
      await page.goto("/settings?section=members");
      const label = `a-very-long-address-that-has-no-end-${at}@department.of.something.example.com`;
      await invite(page, label, true);
      await entry(page, label).getByText("admin", { exact: true }).waitFor();
      await expectFit(page, `Members ${look.colorScheme} ${look.viewport.width}`);
      await members(page).getByLabel("name or e-mail address").fill(label.toUpperCase());
      await page.keyboard.press("Enter");
      await members(page).getByRole("alert").getByText("somebody has this label").waitFor();
      await expectFit(page, `refused ${look.colorScheme} ${look.viewport.width}`);
      await close();
    }
  });
}
