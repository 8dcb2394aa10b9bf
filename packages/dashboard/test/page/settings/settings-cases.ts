import { readFileSync } from "node:fs";
import { parseVerifierKey, verifyPack } from "@caum/core/verify";
import type { Browser, Page } from "playwright-core";
import { expect, test } from "vitest";
import type { Stage } from "../../page.test.ts";
import { signIn } from "../chromium.ts";
import { expectFit, LOOKS } from "../looks.ts";
import { openPage } from "../open-page.ts";
import { varied, type World } from "../world.ts";

export { expectFit, LOOKS };

/** Waits until a question is taken away: closed, and known to be closed. */
export async function answered(page: Page, title: string): Promise<void> {
  await page.locator(`dialog[aria-label="${title}"]`).waitFor({ state: "detached" });
}

/** A page of whoever signed in with the key that may do everything. */
export async function openAsAdmin(browser: Browser, world: World, options = {}) {
  const opened = await openPage(browser, world.url, options);
  await signIn(opened.page, world.adminKey);
  return opened;
}

const SECTIONS = [
  ["Keys", "keys"],
  ["Retention", "retention"],
  ["Members", "members"],
  ["Usage", "usage"],
  ["Evidence pack", "pack"],
] as const;

export function settingsCases(stage: Stage): void {
  test("the section of the settings is in the address, and fits each width and scheme", async () => {
    const { world, browser } = stage;
    for (const look of LOOKS) {
      const { page, problems, close } = await openAsAdmin(browser, world, look);
      await page.getByRole("link", { name: "Settings" }).focus();
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { level: 1, name: "Settings" }).waitFor();
      const tabs = page.getByRole("navigation", { name: "Sections" });
      for (const [name, inAddress] of SECTIONS) {
        await tabs.getByRole("link", { name }).focus();
        await page.keyboard.press("Enter");
        const section = page
          .getByRole("region", { name, exact: true })
          .and(page.locator("[aria-busy=false]"));
        await section.waitFor();
        expect(page.url()).toBe(`${world.url}/settings?section=${inAddress}`);
        await expectFit(page, `${name} ${look.colorScheme} ${look.viewport.width}`);
      }
      await page.goBack();
      await page.getByRole("region", { name: "Usage", exact: true }).waitFor();
      await page.goto("/settings?section=nothing");
      await page.getByRole("region", { name: "Keys", exact: true }).waitFor();
      expect(problems).toEqual([]);
      await close();
    }
  });

  test("whoever may only read is told who may settle the rest, and sees what was used", async () => {
    const { world, browser } = stage;
    await (await world.startSession()).send(varied(1));
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    await page.goto("/settings?section=retention");
    const retention = page.getByRole("region", { name: "Retention" });
    await retention.getByText("This needs the role admin.").waitFor();
    expect(await retention.getByRole("button").count()).toBe(0);
    await page.getByRole("link", { name: "Usage" }).click();
    await page.getByText(/^[\d,]+, of them [\d,]+ steps$/).waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  test("a shorter retention is asked about first; by keyboard alone", async () => {
    const { world, browser } = stage;
    const { page, problems, close } = await openAsAdmin(browser, world);
    await page.goto("/settings?section=retention");
    await page.getByText("Records are kept for good.").waitFor();
    const kept = page.getByLabel("records are kept");
    await kept.focus();
    await page.keyboard.type("for some");
    await page.keyboard.press("Tab");
    await page.keyboard.type("30");
    await page.keyboard.press("Enter");
    const question = page.getByRole("dialog", { name: "Keep records for 30 days?" });
    await question.waitFor();
    await expectFit(page, "the question");
    await page.keyboard.press("Escape");
    await answered(page, "Keep records for 30 days?");
    await page.getByText("Records are kept for good.").waitFor();
    await page.keyboard.press("Enter");
    await question.waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByText(/^Records are kept for 30 days/).waitFor();
    // A longer time is asked about too: somebody else may have set a longer one since.
    await page.getByRole("spinbutton").fill("60");
    await page.getByRole("button", { name: "Set" }).click();
    await page.getByRole("dialog", { name: "Keep records for 60 days?" }).waitFor();
    await page.keyboard.press("Escape");
    await answered(page, "Keep records for 60 days?");
    // For good deletes nothing.
    await kept.selectOption("for good");
    await page.getByRole("button", { name: "Set" }).click();
    await page.getByText("Records are kept for good.").waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  test("an evidence pack is fetched by keyboard alone, byte for byte, and what is none is said", async () => {
    const { world, browser } = stage;
    const session = await world.startSession({ agent_id: "packed", workflow: "packed" });
    await session.send(varied(1), varied(2));
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    await page.goto("/settings?section=pack");
    await page.getByRole("combobox", { name: "workflow" }).focus();
    await page.keyboard.type("packed");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.keyboard.press("Enter"),
    ]);
    expect(download.suggestedFilename()).toBe("pack.json");
    await page.getByText("pack.json holds 1 session.").waitFor();
    await expectFit(page, "a pack");
    const pack = readFileSync(await download.path(), "utf8");
    const told = await fetch(`${world.url}/.well-known/caum-verifier-keys`);
    const { keys } = (await told.json()) as { keys: readonly { vkey: string }[] };
    const trusted = keys.map(({ vkey }) => parseVerifierKey(vkey));
    expect(verifyPack(pack, trusted)).toMatchObject({ verdict: "ok", sessions: 1, held: 1 });
    expect(problems).toEqual([]);
    await page.getByRole("combobox", { name: "workflow" }).fill("nothing");
    await page.getByRole("button", { name: "Download" }).click();
    await page.getByRole("alert").waitFor();
    await close();
  });

  test("a section says in words what is in the way", async () => {
    const { world, browser } = stage;
    const { page, close } = await openAsAdmin(browser, world);
    await page.route("**/v1/usage", (route) => route.abort());
    await page.goto("/settings?section=usage");
    await page.getByText("the collector does not answer: is it running?").waitFor();
    await page.route("**/v1/retention", (route) =>
      route.fulfill({
        status: 403,
        json: { error: { message: "the key that you signed in with lacks the scope admin" } },
      }),
    );
    await page.goto("/settings?section=retention");
    await page.getByText("lacks the scope admin").waitFor();
    expect(await page.getByRole("button", { name: "Set" }).count()).toBe(0);
    await close();
  });
}
