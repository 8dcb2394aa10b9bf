import type { Route } from "playwright-core";
import { expect, test } from "vitest";
import type { Stage } from "../page.test.ts";
import { signIn } from "./chromium.ts";
import { openPage } from "./open-page.ts";

const UNAUTHORIZED = /status of 401/;

export function signInCases(stage: Stage): void {
  test("a wrong key is refused in words, the right one opens the ledger", async () => {
    const { world, browser } = stage;
    const { apiKey } = await world.newAccount();
    const { page, problems, close } = await openPage(browser, world.url);
    await page.goto("/");
    await page.getByLabel("API key").fill("caum_live_wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").waitFor();
    expect(problems).toEqual([expect.stringMatching(UNAUTHORIZED)]);
    await page.getByLabel("API key").fill(apiKey);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("No session yet").waitFor();
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Strict" });
    expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain("caum_live");
    await page.reload();
    await page.getByText("No session yet").waitFor();
    expect(problems).toHaveLength(1);
    await close();
  });

  test("a one-time link signs in once and leaves nothing in the address", async () => {
    const { world, browser } = stage;
    const link = await world.newSignInLink();
    const first = await openPage(browser, world.url);
    await first.page.goto(link);
    await first.page.getByRole("link", { name: "Sessions" }).waitFor();
    expect(first.page.url()).toBe(`${world.url}/`);
    expect(first.problems).toEqual([]);
    await first.close();
    const second = await openPage(browser, world.url);
    await second.page.goto(link);
    await second.page.getByText("The link does not work").waitFor();
    await second.close();
  });

  test("signing out ends it, also for what is asked afterwards", async () => {
    const { world, browser } = stage;
    const { page, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("API key").waitFor();
    const status = await page.evaluate(async () => (await fetch("/dashboard-api/me")).status);
    expect(status).toBe(401);
    await close();
  });

  test("what is under way is let go of by whoever signs out", async () => {
    const { world, browser } = stage;
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    const held: Route[] = [];
    await page.route("**/v1/alerts*", (route) => {
      held.push(route);
    });
    await page.getByRole("link", { name: "Alerts" }).click();
    await expect.poll(() => held.length).toBeGreaterThan(0);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("API key").waitFor();
    // It comes to the collector only now, which refuses it.
    await Promise.all(held.map((route) => route.continue().catch(() => {})));
    await page.getByLabel("API key").fill(world.apiKey);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { level: 1, name: "Alerts" }).waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  test("a sign-in that ends elsewhere is said, and signing in again leads back", async () => {
    const { world, browser } = stage;
    const session = await world.startSession({ agent_id: "watched-on" });
    const { page, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    await page.goto(`/dashboard/${session.id}`);
    await page.getByText("live", { exact: true }).waitFor();
    await page.evaluate(() => fetch("/dashboard-api/sign-out", { method: "POST" }));
    await page.getByText("your sign-in has ended").waitFor();
    await page.getByLabel("API key").fill(world.apiKey);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "watched-on" }).waitFor();
    await close();
  });

  test("the policy of the page allows nothing inline and nothing from elsewhere", async () => {
    const answer = await fetch(`${stage.world.url}/`);
    const policy = answer.headers.get("content-security-policy");
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain("unsafe");
    expect(await answer.text()).not.toMatch(/https?:\/\/|<style|<script>|style=|onload=/);
  });
}
