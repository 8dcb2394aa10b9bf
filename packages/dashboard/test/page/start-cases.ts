import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import type { Stage } from "../page.test.ts";
import { signIn } from "./chromium.ts";
import { openPage } from "./open-page.ts";
import { varied } from "./world.ts";

const run = promisify(execFile);

export function startCases(stage: Stage): void {
  test("the commands hold the user's own address and key, and work as they are", async () => {
    const { world, browser } = stage;
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    await page.getByRole("link", { name: "Start" }).click();
    await page.getByRole("link", { name: "curl", exact: true }).click();
    await page.getByLabel("your API key").fill(world.apiKey);
    const command = page.locator("pre").nth(0);
    const start = (await command.textContent()) ?? "";
    expect(start).toContain(`'${world.url}/v2/live/start'`);
    expect(start).toContain(`Bearer ${world.apiKey}`);
    const { stdout: started } = await run("sh", ["-c", start]);
    await page.getByLabel("paste the answer").fill(started);
    const event = (await page.locator("pre").nth(1).textContent()) ?? "";
    for (let times = 0; times < 5; times++) await run("sh", ["-c", event]);
    const { stdout } = await run("sh", ["-c", event]);
    expect(JSON.parse(stdout)).toMatchObject({
      event_type: "structural_loop_continues",
      live_alert: true,
      evidence_grade: { public_class: "hard_alert", allowed_to_block: false },
      coordination: { decision: "observe_only" },
    });
    expect(problems).toEqual([]);
    await close();
  });

  test("each way in has its commands with the key, and a light turns green at the first record", async () => {
    const { world, browser } = stage;
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    await page.getByRole("link", { name: "Start" }).click();
    await page.getByText("Waiting for a record…").waitFor();
    await page.getByLabel("your API key").fill("caum_live_mine");
    const tabs = page.getByRole("navigation", { name: "Ways in" }).getByRole("link");
    const names = await tabs.allTextContents();
    expect(names.length).toBe(9);
    for (const name of names.slice(0, -1)) {
      await tabs.filter({ hasText: name }).first().click();
      await expect
        .poll(() => tabs.and(page.locator("[aria-current=page]")).textContent())
        .toBe(name);
      expect(await page.locator("pre").allTextContents(), name).toEqual(
        expect.arrayContaining([expect.stringContaining("caum_live_mine")]),
      );
    }
    const session = await world.startSession({ agent_id: "newcomer" });
    await session.send(varied(1));
    await page.getByText("A record arrived:").waitFor();
    await page.getByRole("link", { name: "newcomer" }).click();
    await page.getByRole("heading", { level: 1, name: "newcomer" }).waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  test("Run smoke test shows a loop that was found, and leads to its session", async () => {
    const { world, browser } = stage;
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    await page.goto("/onboarding");
    await page.getByRole("button", { name: "Run smoke test" }).click();
    const section = page.getByRole("region", { name: "Smoke test" });
    await section.getByText("✓ passed").waitFor();
    await section.getByText("hard alert").first().waitFor();
    await section.getByRole("link", { name: "see the session" }).click();
    await page.locator(".bracket").first().waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  test("every validation agent is seen as it is expected", async () => {
    const { world, browser } = stage;
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    await page.goto("/onboarding");
    const section = page.getByRole("region", { name: "Validation agents" });
    const buttons = section.getByRole("button", { name: /^Run/ });
    await buttons.first().waitFor();
    const agents = await buttons.count();
    expect(agents).toBeGreaterThan(0);
    for (let nth = 0; nth < agents; nth++) await buttons.nth(nth).click();
    await expect
      .poll(() => section.getByText("✓ as expected").count(), { timeout: 15_000 })
      .toBe(agents);
    expect(problems).toEqual([]);
    await close();
  });

  test("an alert rule is made, tried and deleted", async () => {
    const { world, browser } = stage;
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    await page.getByRole("link", { name: "Alerts" }).click();
    await page.getByLabel("the condition as text").fill("class=hard_alert");
    await page.getByRole("textbox", { name: "to", exact: true }).fill("https://hooks.example/caum");
    await page.getByRole("button", { name: "Add rule" }).click();
    await page.getByText("Signing secret, shown once").waitFor();
    const rules = page.getByRole("region", { name: "Rules" });
    await rules.getByText("class=hard_alert").first().waitFor();
    await rules.getByRole("button", { name: "New secret" }).click();
    await rules.getByText("the old one signs for another day").waitFor();
    expect(await rules.locator("p code").textContent()).toMatch(/^whsec_/);
    await rules.getByRole("button", { name: "Delete" }).click();
    await rules.getByText("No rule yet").waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  test("a rule that is to hold for 3 steps says so, and fires 2 steps after one that is not", async () => {
    const { world, browser } = stage;
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    await page.getByRole("link", { name: "Alerts" }).click();
    const held = page.getByRole("checkbox", { name: "held for 3 steps" });
    const rules = page.getByRole("region", { name: "Rules" });
    const add = async (condition: string) => {
      await page.getByLabel("the condition as text").fill(condition);
      const destination = page.getByRole("textbox", { name: "to", exact: true });
      await destination.fill("https://hooks.example/caum");
      await page.getByRole("button", { name: "Add rule" }).click();
      await rules.getByText(condition, { exact: true }).first().waitFor();
    };
    // Of a loop there is nothing to hold.
    expect(await held.count()).toBe(0);
    await add("uds<0.99");
    await page.getByLabel("the condition as text").fill("uds<0.98");
    await held.check();
    await add("uds<0.98");
    expect(await held.count()).toBe(0);
    const lineOf = (condition: string) =>
      rules.getByRole("listitem").filter({ hasText: condition });
    expect(await lineOf("uds<0.98").textContent()).toContain("held for 3 steps, at most every");
    expect(await lineOf("uds<0.99").textContent()).not.toContain("held for");
    const fired: (readonly string[])[] = [];
    for (let step = 1; step <= 4; step++) {
      const answer = await world.sendStep({ session_id: "held", step, tool: "bash" });
      fired.push(answer.rules_fired ?? []);
    }
    expect(fired).toEqual([["uds<0.99"], [], ["uds<0.98"], []]);
    for (const condition of ["uds<0.99", "uds<0.98"]) {
      await rules.getByRole("button", { name: `Delete ${condition}` }).click();
      await lineOf(condition).waitFor({ state: "detached" });
    }
    expect(problems).toEqual([]);
    await close();
  });

  test("what the collector refuses on the alerts page is said, and stays to be read", async () => {
    const { world, browser } = stage;
    const headers = {
      authorization: `Bearer ${world.apiKey}`,
      "content-type": "application/json",
    };
    const body = JSON.stringify([
      { condition: "steps>9000", action_type: "webhook", destination: "https://hooks.example/x" },
    ]);
    const made = await fetch(`${world.url}/v1/alerts`, { method: "POST", headers, body });
    const [{ id }] = ((await made.json()) as { rules: [{ id: string }] }).rules;
    const { page, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    await page.goto("/alerts");
    const test = page.getByRole("button", { name: "Send a test of steps>9000" });
    await test.waitFor();
    await page.route("**/v1/alerts/*/test", async (route) => {
      // Deleted in another window in the meantime.
      await fetch(`${world.url}/v1/alerts/${id}`, { method: "DELETE", headers });
      await route.continue();
    });
    await test.click();
    await page.getByRole("alert").getByText("there is no such rule").waitFor();
    await page.getByText("No rule yet").waitFor();
    expect(await page.getByRole("alert").textContent()).toBe("there is no such rule");
    await close();
  });
}
