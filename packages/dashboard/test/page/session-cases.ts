import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import type { Stage } from "../page.test.ts";
import { signIn } from "./chromium.ts";
import type { BrowserDocument } from "./in-browser.ts";
import { openPage } from "./open-page.ts";
import { REPEATED, varied } from "./world.ts";

declare const document: BrowserDocument;

const MARKUP = "<img src=x onerror=alert(1)>";
const RIGHT_TO_LEFT = "\u202eexe.txt";
const EMOJI = "😀".repeat(80);
const LONG = 10_000;

/** Whether something is drawn on every canvas of the page. */
function allDrawn(page: Page): Promise<boolean> {
  return page.evaluate(() =>
    [...document.querySelectorAll("canvas")].every((canvas) => {
      const { width, height } = canvas;
      const pixels = canvas.getContext("2d")?.getImageData(0, 0, width, height).data ?? [];
      return pixels.some((value) => value !== 0);
    }),
  );
}

export function sessionCases(stage: Stage): void {
  test("a loop appears with its bracket while the page is open, and the bracket grows", async () => {
    const { world, browser } = stage;
    const session = await world.startSession({ agent_id: "stuck" });
    await session.send(varied(1), varied(2), varied(3), varied(4), varied(5));
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    await page.goto(`/dashboard/${session.id}`);
    await page.getByText("No loop so far.").waitFor();
    await page.getByText("live", { exact: true }).waitFor();
    await session.send(...Array.from({ length: 5 }, () => REPEATED));
    const bracket = page.locator(".bracket");
    await bracket.getByText("1 × 5").waitFor();
    const before = await bracket.boundingBox();
    await session.send(REPEATED, REPEATED);
    await bracket.getByText("1 × 7").waitFor();
    const after = await bracket.boundingBox();
    expect(after!.width).toBeGreaterThan(before!.width);
    await page
      .getByText(/has called .+ 7 times in a row/)
      .first()
      .waitFor();
    await page.getByText("break the loop").waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  test("the charts are drawn and share one cursor with the strip and the table", async () => {
    const { world, browser } = stage;
    const session = await world.startSession({ agent_id: "charted" });
    await session.send(...Array.from({ length: 30 }, (_, nth) => varied(nth)));
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    await page.goto(`/live/sessions/${session.id}`);
    await page.getByRole("img", { name: "Cost, summed over 30 steps" }).waitFor();
    // Of such work structure does not tell the outcome: what is not known is no chart.
    expect(await page.locator(".charts canvas").count()).toBe(3);
    await page.getByText("Not drawn: structure tells nothing of a failure risk.").waitFor();
    await expect.poll(() => allDrawn(page)).toBe(true);
    await page.locator(".chart").first().hover();
    await expect.poll(() => page.locator(".mark").count()).toBe(4);
    await page.getByText(/^step 1[456]: /).waitFor();
    expect(await page.locator(".row.at").count()).toBe(1);
    const strip = page.getByRole("slider", { name: "Steps by regime" });
    await strip.focus();
    await page.keyboard.press("End");
    expect(await strip.getAttribute("aria-valuetext")).toMatch(/^step 30, /);
    await page.keyboard.press("ArrowLeft");
    expect(await strip.getAttribute("aria-valuenow")).toBe("29");
    expect(problems).toEqual([]);
    await close();
  });

  test("ten thousand steps are all there, and only those in sight exist", async () => {
    const { world, browser } = stage;
    const session = await world.startSession({ agent_id: "long" });
    for (let from = 0; from < LONG; from += 1_000) {
      await session.send(...Array.from({ length: 1_000 }, (_, nth) => varied(from + nth)));
    }
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    await page.goto(`/dashboard/${session.id}`);
    await page.getByRole("img", { name: `UDS over ${LONG} steps` }).waitFor();
    const table = page.getByRole("table", { name: "Records" });
    expect(await table.getAttribute("aria-rowcount")).toBe(String(LONG + 2));
    await page
      .locator(".steps .view")
      .evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await table.getByRole("cell", { name: String(LONG), exact: true }).waitFor();
    expect(await table.getByRole("row").count()).toBeLessThan(80);
    await expect.poll(() => allDrawn(page)).toBe(true);
    expect(problems).toEqual([]);
    await close();
  });

  test("tool names are text: markup, right to left, eighty emoji", async () => {
    const { world, browser } = stage;
    const session = await world.startSession();
    await session.send(varied(1), varied(2), varied(3));
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    // No door keeps such a name, so it is put into the answer.
    await page.route("**/steps?*", async (route) => {
      const answer = await route.fetch();
      const body = await answer.json();
      for (const [at, name] of [MARKUP, RIGHT_TO_LEFT, EMOJI].entries()) {
        body.steps[at + 1].name = name;
      }
      await route.fulfill({ json: body });
    });
    await page.goto(`/dashboard/${session.id}`);
    const cells = page.locator(".steps bdi");
    await cells.getByText(MARKUP).waitFor();
    expect(await cells.allTextContents()).toEqual(
      expect.arrayContaining([MARKUP, RIGHT_TO_LEFT, EMOJI]),
    );
    expect(await page.locator("#page img").count()).toBe(0);
    const { width } = (await page.locator(".steps").boundingBox())!;
    expect(width).toBeLessThanOrEqual(1280);
    expect(problems).toEqual([]);
    await close();
  });

  test("a session that is not there, or of somebody else, is said to be so", async () => {
    const { world, browser } = stage;
    const { page, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    await page.goto("/dashboard/nobody%2Fknows");
    await page.getByText("This session cannot be shown").waitFor();
    await page.getByRole("link", { name: "All sessions" }).click();
    await page.getByRole("table", { name: "Sessions" }).waitFor();
    await close();
  });

  test("a session that is deleted while it is open is said to be so", async () => {
    const { world, browser } = stage;
    const session = await world.startSession({ agent_id: "short-lived" });
    await session.send(varied(1), varied(2));
    const { page, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    await page.goto(`/dashboard/${session.id}`);
    await page.getByText("live", { exact: true }).waitFor();
    await world.deleteSession(session.id);
    await page.getByText("the session was deleted").waitFor();
    expect(await page.getByText("reconnecting").count()).toBe(0);
    await page.getByRole("link", { name: "All sessions" }).click();
    await page.getByText("live", { exact: true }).waitFor();
    await close();
  });

  test("where a session begins anew under its id, the strip has a mark", async () => {
    const { world, browser } = stage;
    for (const body of ["first", "again"]) {
      for (let step = 1; step <= 4; step++) {
        await world.sendStep({ session_id: "twice", step, tool: `${body}-${step}` });
      }
    }
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    await page.goto("/dashboard/twice");
    await page.getByText("began anew at step 5").waitFor();
    expect(await page.locator(".strip > .beginning").count()).toBe(1);
    expect(problems).toEqual([]);
    await close();
  });

  test("a loop that goes on is said to, with the calls of its cycle, until it is over", async () => {
    const { world, browser } = stage;
    const session = await world.startSession({ agent_id: "circling" });
    const pair = [REPEATED, { ...REPEATED, tool: "search", state_id: "opaque_state_b" }];
    await session.send(varied(1), varied(2), ...Array.from({ length: 5 }, () => pair).flat());
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    await page.goto(`/dashboard/${session.id}`);
    const loop = page.locator(".loop");
    await loop.getByText("Loop now").waitFor();
    await loop.getByText("browser.get → search", { exact: true }).waitFor();
    await session.send(...Array.from({ length: 6 }, (_, nth) => varied(50 + nth)));
    await loop.getByText("Loop", { exact: true }).waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  test("after a restart of the collector the page goes on where it was", async () => {
    const { world, browser } = stage;
    const session = await world.startSession({ agent_id: "patient" });
    await session.send(varied(1), varied(2));
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    await page.goto(`/dashboard/${session.id}`);
    await page.getByText("live", { exact: true }).waitFor();
    await world.pause();
    await page.getByText("reconnecting").waitFor();
    await world.resume();
    await session.send(varied(3), varied(4));
    await page.getByText("live", { exact: true }).waitFor({ timeout: 20_000 });
    await page.getByRole("img", { name: "UDS over 4 steps" }).waitFor();
    await session.send(varied(5));
    await page.getByRole("img", { name: "UDS over 5 steps" }).waitFor();
    expect(problems.filter((problem) => !problem.includes("ERR_"))).toEqual([]);
    await close();
  });
}
