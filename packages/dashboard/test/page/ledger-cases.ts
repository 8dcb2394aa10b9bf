import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { LOOPED, recordLoopedSession } from "../../../../test/looped-session.ts";
import type { Stage } from "../page.test.ts";
import { signIn } from "./chromium.ts";
import { openPage } from "./open-page.ts";
import { type Account, REPEATED, varied } from "./world.ts";

const MARKUP = "<img src=x onerror=alert(1)>";
const RIGHT_TO_LEFT = "\u05d0\u05d1\u05d2 \u202etxt.exe";

const SENT_AT_ONCE = 1_000;

export function ledgerCases(stage: Stage): void {
  test("a session appears without a reload and its row follows what it does", async () => {
    const { world, browser } = stage;
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    await page.getByText("live", { exact: true }).waitFor();
    const session = await world.startSession({ agent_id: "walker", workflow: "support" });
    await session.send(varied(1));
    const row = page.getByRole("row").filter({ hasText: session.id });
    await row.waitFor();
    expect(await row.textContent()).toContain("walker");
    await session.send(...Array.from({ length: 8 }, () => REPEATED));
    await row.getByText("hard alert").waitFor();
    await row.getByText("loop", { exact: true }).waitFor();
    await row.getByRole("link").click();
    await page.getByRole("heading", { name: "walker" }).waitFor();
    expect(page.url()).toBe(`${world.url}/dashboard/${session.id}`);
    await page.goBack();
    await row.waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  test("names of agents, workflows and sessions are text, whatever they hold", async () => {
    const { world, browser } = stage;
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    for (const agent_id of [MARKUP, RIGHT_TO_LEFT]) {
      await (await world.startSession({ agent_id, workflow: MARKUP })).send(varied(1));
    }
    const row = page.getByRole("row").filter({ hasText: MARKUP });
    await row.first().waitFor();
    // Shown without the sign that would turn what stands beside it around.
    await page
      .getByText(RIGHT_TO_LEFT.replace(/\p{Cf}/gu, " "))
      .first()
      .waitFor();
    expect(await page.locator("#page img").count()).toBe(0);
    await row.first().getByRole("link").click();
    await page.getByRole("heading", { level: 1 }).waitFor();
    expect(await page.locator("#page img").count()).toBe(0);
    expect(problems).toEqual([]);
    await close();
  });

  test("a long session that looped seven times and moved on is found by what it had", async () => {
    const { world, browser } = stage;
    const account = await world.newAccount();
    await sendLoopedSession(account);
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, account.apiKey);
    await page.getByLabel("Search").fill(LOOPED.id);
    const row = page.getByRole("row").filter({ hasText: LOOPED.id });
    await row.waitFor();
    await page.getByLabel("Search").fill("");
    const clean = page.getByRole("row").filter({ has: page.getByText("clean", { exact: true }) });
    await clean.waitFor();
    await page.getByLabel("Loops").selectOption("had");
    await clean.waitFor({ state: "detached" });
    const { loops, loopSteps, steps } = LOOPED;
    const mark = row.locator(".had-loop");
    const words = `${loops} loops over ${loopSteps} steps, $0.0700; not acknowledged`;
    expect(await mark.textContent()).toBe(`${loops} ! ${words}`);
    expect(await row.textContent()).toContain(steps.toLocaleString("en-US"));
    // Now it is fine: only what it had says that it was not.
    expect(await row.textContent()).not.toContain("hard alert");
    await row.getByRole("link").click();
    await page.getByText(`had ${loops} loops`, { exact: true }).waitFor();
    await page.getByText(`over ${loopSteps} steps, $0.0700, worst`).waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  test("the order is in the address, by heads of columns and by keyboard, and it is said what was ordered", async () => {
    const { world, browser } = stage;
    const [few, many] = [
      await world.startSession({ agent_id: "ordered-few" }),
      await world.startSession({ agent_id: "ordered-many" }),
    ];
    await many.send(...Array.from({ length: 9 }, (_, nth) => varied(nth)));
    await few.send(varied(1), varied(2));
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    await page.goto("/?q=ordered-");
    const names = () => page.locator(".ledger .view .who").allTextContents();
    const order = async () => (await names()).map((name) => /ordered-\w+/.exec(name)?.[0]);
    await expect.poll(order).toEqual(["ordered-few", "ordered-many"]);
    const head = page.getByRole("columnheader", { name: "steps", exact: true });
    expect(await head.getAttribute("aria-sort")).toBe("none");
    await head.getByRole("button").focus();
    await page.keyboard.press("Enter");
    await expect.poll(order).toEqual(["ordered-many", "ordered-few"]);
    expect(page.url()).toBe(`${world.url}/?q=ordered-&sort=steps`);
    expect(await head.getAttribute("aria-sort")).toBe("descending");
    await page.getByText("2 sessions, most steps first", { exact: true }).waitFor();
    // What happens meanwhile moves a row to where its value puts it.
    await few.send(...Array.from({ length: 12 }, (_, nth) => varied(50 + nth)));
    await expect.poll(order).toEqual(["ordered-few", "ordered-many"]);
    await page.keyboard.press("Enter");
    await expect.poll(() => head.getAttribute("aria-sort")).toBe("ascending");
    await expect.poll(order).toEqual(["ordered-many", "ordered-few"]);
    expect(page.url()).toBe(`${world.url}/?q=ordered-&sort=steps&order=up`);
    await page.reload();
    await expect.poll(order).toEqual(["ordered-many", "ordered-few"]);
    await page.goBack();
    await page.getByRole("table", { name: "Sessions, most steps first" }).waitFor();
    await page.setViewportSize({ width: 360, height: 740 });
    await page.getByLabel("Order").selectOption("most failed calls first");
    await page.getByText("2 sessions, most failed calls first", { exact: true }).waitFor();
    await page.route("**/dashboard-api/sessions?*sort=cost*", async (route) => {
      const answer = await route.fetch();
      const body = await answer.json();
      await route.fulfill({
        json: { ...body, sorted: { ...body.sorted, looked: 5_000, whole: false } },
      });
    });
    await page.getByLabel("Order").selectOption("dearest first");
    await page
      .getByText(
        "The first 2 of the newest 5,000 sessions that fit, dearest first. Older ones are not looked at: narrow the list.",
      )
      .waitFor();
    await page.getByLabel("Search").fill("nobody has this name");
    await page.getByText("None of the newest sessions fits these filters").waitFor();
    await page.goto("/?sort=junk&order=junk");
    await page.getByRole("table", { name: "Sessions, latest first" }).waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  test("more sessions than a page are read by and by; search and filters narrow them", async () => {
    const { world, browser } = stage;
    const account = await world.newAccount();
    const sessions = await Promise.all(
      Array.from({ length: 140 }, (_, nth) =>
        account.startSession({ agent_id: `crowd-${nth % 7}` }),
      ),
    );
    await Promise.all(sessions.map((session) => session.send(varied(1))));
    await sessions[0]?.send(...Array.from({ length: 8 }, () => REPEATED));
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, account.apiKey);
    await page.getByText("100 sessions, more below").waitFor();
    expect(await page.getByRole("row").count()).toBeLessThan(60);
    const view = page.locator(".ledger .view");
    await view.evaluate((element) => element.scrollTo(0, element.scrollHeight));
    await page.getByText("140 sessions", { exact: true }).waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("crowd-3");
    await page.getByText("20 sessions", { exact: true }).waitFor();
    await page.getByLabel("Search").fill("");
    await page.getByLabel("Regime").selectOption("loop");
    await page.getByText("1 session", { exact: true }).waitFor();
    await page.getByLabel("Search").fill("nobody has this name");
    await page.getByText("No session fits these filters").waitFor();
    await page.getByRole("button", { name: "Clear filters" }).click();
    await page.getByText("100 sessions, more below").waitFor();
    expect(problems).toEqual([]);
    await close();
  });
}

async function sendLoopedSession(account: Account): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), "caum-looped-"));
  try {
    let now = Date.now() - 3_600_000;
    await recordLoopedSession(home, () => {
      now += 100;
      return now;
    });
    for (const run of readdirSync(join(home, "runs"))) {
      const text = readFileSync(join(home, "runs", run, "records.ndjson"), "utf8");
      const lines = text.trimEnd().split("\n");
      for (let at = 0; at < lines.length; at += SENT_AT_ONCE) {
        await account.sendRun(run, lines.slice(at, at + SENT_AT_ONCE));
      }
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
