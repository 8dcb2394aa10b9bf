import { expect, test } from "vitest";
import type { Stage } from "../page.test.ts";
import { signIn } from "./chromium.ts";
import { openPage } from "./open-page.ts";
import { REPEATED, varied } from "./world.ts";

export function keyboardCases(stage: Stage): void {
  test("? shows the keys, and the keys do what they say", async () => {
    const { world, browser } = stage;
    const session = await world.startSession({ agent_id: "by-keys" });
    await session.send(varied(1), varied(2), ...Array.from({ length: 8 }, () => REPEATED));
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    const list = page.getByRole("dialog", { name: "Keys" });
    await page.getByRole("table", { name: "Sessions" }).waitFor();
    await page.keyboard.press("?");
    await list.getByText("go to Overview").waitFor();
    await page.keyboard.press("Escape");
    await list.waitFor({ state: "hidden" });
    for (const [letter, path] of [
      ["o", "/overview"],
      ["l", "/loops"],
      ["w", "/workflows"],
      ["a", "/alerts"],
      ["e", "/settings"],
      ["s", "/"],
    ] as const) {
      await page.keyboard.press("g");
      await page.keyboard.press(letter);
      await expect.poll(() => page.url()).toBe(`${world.url}${path}`);
    }
    // In a field they are letters.
    await page.getByLabel("Search").focus();
    await page.keyboard.type("go?");
    expect(await page.getByLabel("Search").inputValue()).toBe("go?");
    expect(await list.isVisible()).toBe(false);
    await page.goto(`/dashboard/${session.id}`);
    await page.getByRole("button", { name: "Next loop" }).waitFor();
    await page.keyboard.press("n");
    await page.getByRole("region", { name: "Selected step" }).waitFor();
    expect(page.url()).toContain("?step=3");
    await page.getByRole("button", { name: "Keys" }).click();
    await list.getByRole("button", { name: "Close" }).click();
    await list.waitFor({ state: "hidden" });
    expect(problems).toEqual([]);
    await close();
  });

  test("every page is led to from the top, also where it is narrow", async () => {
    const { world, browser } = stage;
    const viewport = { width: 360, height: 740 };
    const { page, problems, close } = await openPage(browser, world.url, { viewport });
    await signIn(page, world.apiKey);
    const links = await page.getByRole("banner").getByRole("link").all();
    expect(links.length).toBe(8);
    const others = page.getByRole("button", { name: "Sign out" });
    for (const link of [...links, others]) {
      const box = await link.boundingBox();
      expect(box!.x, await link.innerText()).toBeGreaterThanOrEqual(0);
      expect(box!.x + box!.width, await link.innerText()).toBeLessThanOrEqual(viewport.width);
      // Nothing lies over it.
      await link.click({ trial: true });
    }
    expect(problems).toEqual([]);
    await close();
  });

  test("an address that leads nowhere is a page for people, and an answer for programs", async () => {
    const { world, browser } = stage;
    const { page, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    const answer = await page.goto("/no/such/page?at=all");
    expect(answer?.status()).toBe(404);
    expect(answer?.headers()["content-security-policy"]).toContain("default-src 'none'");
    await page.getByText("There is no such page").waitFor();
    await page.getByRole("main").getByRole("link", { name: "Overview" }).click();
    await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
    for (const [path, accept] of [
      ["/no/such/page", "application/json"],
      ["/v1/nothing", "text/html"],
      ["/dashboard-api/nothing", "text/html"],
    ] as const) {
      const told = await fetch(`${world.url}${path}`, { headers: { accept } });
      expect(told.status, path).toBe(404);
      expect(await told.json(), path).toMatchObject({ error: { code: "NOT_FOUND" } });
    }
    await close();
  });
}
