import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import type { Stage } from "../page.test.ts";
import { signIn } from "./chromium.ts";
import { openPage } from "./open-page.ts";
import { REPEATED, UNTIL_SUMMED_UP, varied, type World } from "./world.ts";

const MARKUP = "<img src=x onerror=alert(1)>";

/** A workflow of which two of three sessions looped, and are over. */
export async function loopedWorkflow(world: World, workflow: string): Promise<string> {
  let last = "";
  for (const repeats of [9, 0, 12]) last = await endedSession(world, workflow, repeats, repeats);
  return last;
}

/** A session that works, then may turn in circles, and is over. @returns its id */
async function endedSession(
  world: World,
  workflow: string,
  nth: number,
  repeats: number,
): Promise<string> {
  const session = await world.startSession({ agent_id: "worker", workflow, task_id: workflow });
  await session.send(...Array.from({ length: 6 + (nth % 13) }, (_, step) => varied(step)));
  if (repeats > 0) await session.send(...Array.from({ length: repeats }, () => REPEATED));
  await world.endSession(session.id, { resolved: repeats === 0 });
  return session.id;
}

/** Opens the list until the fold has come to this workflow. */
export async function showCard(
  page: Page,
  workflow: string,
  words: string | RegExp,
): Promise<void> {
  const card = page.getByRole("listitem").filter({ hasText: workflow }).filter({ hasText: words });
  await expect
    .poll(async () => {
      await page.goto("/workflows");
      await page.locator("main:not([aria-busy=true])").waitFor();
      return card.count();
    }, UNTIL_SUMMED_UP)
    .toBe(1);
}

export function workflowCases(stage: Stage): void {
  test("a workflow has a card, and its page says what its loops cost", async () => {
    const { world, browser } = stage;
    await loopedWorkflow(world, "tickets");
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    await showCard(page, "tickets", "3 sessions in 7 days, 2 with a loop");
    const others = page.getByRole("region", { name: "Also known" });
    await others.getByRole("listitem").filter({ hasText: "worker" }).waitFor();
    await others.getByRole("combobox").selectOption("server");
    await others.getByText("None is known yet.").waitFor();
    await page.getByRole("link", { name: "tickets", exact: true }).first().click();
    await page.getByRole("heading", { level: 1, name: "tickets" }).waitFor();
    expect(page.url()).toBe(`${world.url}/workflows/tickets`);
    const bars = page.getByRole("img", { name: /^3 sessions from .+, 2 of them with a loop$/ });
    await bars.waitFor();
    const baseline = page.getByRole("region", { name: "Baseline" });
    await baseline.getByText("0 sessions are normal: the last stretch").waitFor();
    await baseline.getByRole("combobox").selectOption("cohort");
    await baseline.getByLabel("named").fill("before");
    await baseline.getByRole("button", { name: "Choose" }).click();
    await baseline.getByText("0 sessions are normal: the cohort before, chosen by hand.").waitFor();
    const exposure = page.getByRole("region", { name: "Exposure" });
    await exposure
      .getByText(/^Of \$0\.\d+ in 3 sessions, \$0\.0252 \(\d+\.\d %\) went into/)
      .waitFor();
    await exposure.getByRole("combobox").selectOption("tokens");
    await exposure.getByText(/^Of [\d.]+K in 3 sessions, 2\.8K/).waitFor();
    const weeks = exposure.getByRole("region", { name: "By week" });
    expect(await weeks.getByRole("row").count()).toBe(2);
    await exposure.getByText("What is assumed").click();
    await exposure.getByText("a loop counts from its first step, not from its alert").waitFor();
    // They ended with an outcome, and structure told nothing of it.
    await page.getByText("no session of which both a failure risk and the outcome").waitFor();
    await page.getByText("From 50 on, the failure risk is calibrated").waitFor();
    await page.getByRole("region", { name: "Recurring" }).getByText("in 2 sessions").waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  test("a workflow that went into loops is for review, and says since which session", async () => {
    const { world, browser } = stage;
    const of = (nth: number, repeats: number) => endedSession(world, "changed", nth, repeats);
    // What is normal is learned one session after the other.
    for (let nth = 0; nth < 55; nth++) await of(nth, 0);
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    await showCard(page, "changed", "Quiet");
    const ids: string[] = [];
    for (let nth = 0; nth < 25; nth++) ids.push(await of(nth, 9));
    await showCard(page, "changed", "High review");
    expect(await page.getByRole("listitem").first().textContent()).toContain("High review");
    await page.getByRole("link", { name: "changed", exact: true }).first().click();
    const moved = page.getByRole("region", { name: "What moved" });
    const loops = moved.getByRole("listitem").filter({ hasText: "looping sessions" });
    await loops.getByText("0.0 % → 100.0 % of sessions").waitFor();
    await loops.getByRole("link", { name: /^first session/ }).click();
    await page.getByRole("heading", { level: 1, name: "worker" }).waitFor();
    expect(ids.indexOf(page.url().split("/").at(-1) ?? "")).toBeGreaterThanOrEqual(0);
    expect(problems).toEqual([]);
    await close();
  });

  test("what nobody said is not known, also where there were loops", async () => {
    const { world, browser } = stage;
    for (let step = 1; step <= 12; step++) {
      const said = { tool: "bash", state_hash: "the-same-state", workflow: "unpriced" };
      await world.sendStep({ session_id: "unpriced", step, ...said });
    }
    await world.endSession("unpriced", {});
    const { page, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    await showCard(page, "unpriced", "1 with a loop");
    await page.goto("/workflows/unpriced");
    const exposure = page.getByRole("region", { name: "Exposure" });
    await exposure.getByText("No session of 1 says what it spent in cost").waitFor();
    await exposure.getByRole("cell", { name: "not known" }).waitFor();
    await page.getByText("No loop came back in a second session.").waitFor();
    await close();
  });

  test("a session leads to those that are built like it, when somebody asks for them", async () => {
    const { world, browser } = stage;
    const session = await loopedWorkflow(world, "alike");
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    const loaded: string[] = [];
    page.on("request", (request) => loaded.push(request.url()));
    await page.goto(`/dashboard/${session}`);
    const similar = page.getByRole("region", { name: "Similar sessions" });
    const button = similar.getByRole("button", { name: "Find sessions" });
    await button.waitFor();
    expect(loaded.filter((url) => url.includes("similar"))).toEqual([]);
    await button.focus();
    await page.keyboard.press("Enter");
    await similar.getByText("2 of them of this workflow").waitFor();
    await similar.getByRole("link").first().click();
    await page.getByRole("heading", { name: "worker" }).waitFor();
    expect(page.url()).not.toContain(session);
    expect(problems).toEqual([]);
    await close();
  });

  test("names of workflows are text, also as an address", async () => {
    const { world, browser } = stage;
    await loopedWorkflow(world, MARKUP);
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    await showCard(page, MARKUP, "2 with a loop");
    await page.getByRole("link", { name: MARKUP }).first().click();
    await page.getByRole("heading", { level: 1, name: MARKUP }).waitFor();
    await page.getByRole("region", { name: "Exposure" }).getByRole("row").first().waitFor();
    expect(await page.locator("#page img").count()).toBe(0);
    expect(problems).toEqual([]);
    await close();
  });

  test("an account without a workflow is told how one comes about", async () => {
    const { world, browser } = stage;
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, (await world.newAccount()).apiKey);
    await page.getByRole("link", { name: "Workflows" }).click();
    await page.getByText("No workflow is known yet").waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  test("a workflow that is not there, and a collector that is away, are said in words", async () => {
    const { world, browser } = stage;
    await loopedWorkflow(world, "away");
    const { page, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    await page.goto("/workflows/nobody-named-this");
    await page.getByRole("alert").getByText("there is no session of this workflow").waitFor();
    await page.getByRole("link", { name: "All workflows" }).click();
    await page.getByRole("heading", { level: 1, name: "Workflows" }).waitFor();
    await showCard(page, "away", "2 with a loop");
    await page.route("**/v1/workflows/away?*", (route) => route.abort());
    await page.getByRole("link", { name: "away", exact: true }).first().click();
    await page.getByText("the collector does not answer: is it running?").waitFor();
    await page.unroute("**/v1/workflows/away?*");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("heading", { level: 1, name: "away" }).waitFor();
    await close();
  });
}
