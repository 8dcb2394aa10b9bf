import { expect, test } from "vitest";
import { startReceiver } from "../../../collector/test/alerts/receiver.ts";
import type { Stage } from "../page.test.ts";
import { signIn } from "./chromium.ts";
import { openPage } from "./open-page.ts";
import { expectFit, LOOKS, openAsAdmin } from "./settings/settings-cases.ts";
import { startWorld, UNTIL_SUMMED_UP, varied } from "./world.ts";

const MARKUP = "<img src=x onerror=alert(1)>";
const HOOK = "https://hooks.example/caum";

export function ruleCases(stage: Stage): void {
  test("a rule is chosen by keyboard alone, and its test arrives where it leads", async () => {
    const receiver = await startReceiver();
    const world = await startWorld({ alerts: { allowDestinations: [receiver.place] } });
    const { page, problems, close } = await openPage(stage.browser, world.url);
    await signIn(page, world.apiKey);
    await page.goto("/alerts");
    const form = page.getByRole("region", { name: "New rule" });
    const text = form.getByLabel("the condition as text");
    expect(await text.inputValue()).toBe("class=hard_alert");
    await form.getByText("It fires when a session is in a loop.").waitFor();
    await form.getByRole("combobox", { name: "Condition 1" }).focus();
    await page.keyboard.type("a session has cost");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Control+A");
    await page.keyboard.type("2.5");
    await form.getByRole("button", { name: "Add a condition" }).focus();
    await page.keyboard.press("Enter");
    await form.getByRole("combobox", { name: "And or or, before condition 2" }).focus();
    await page.keyboard.type("or");
    await form.getByLabel("only of agent").focus();
    await page.keyboard.type(`Helper "${MARKUP}"`);
    const written =
      'class=hard_alert and agent="Helper \\"<img src=x onerror=alert(1)>\\"" or cost>2.5 and agent="Helper \\"<img src=x onerror=alert(1)>\\""';
    await expect.poll(() => text.inputValue()).toBe(written);
    const words = `when a session is in a loop, of agent Helper "${MARKUP}"; or when a session has cost more than $2.50, of agent Helper "${MARKUP}"`;
    await form.getByText(`It fires ${words}.`).waitFor();
    await form.getByRole("textbox", { name: "to", exact: true }).focus();
    await page.keyboard.type(receiver.url);
    await page.keyboard.press("Enter");
    await form.getByText("Signing secret, shown once").waitFor();
    const rule = page.getByRole("region", { name: "Rules" }).getByRole("listitem");
    await rule.getByText(words, { exact: true }).waitFor();
    expect(await page.locator("#page img").count()).toBe(0);
    await rule.getByRole("button", { name: /^Send a test/ }).focus();
    await page.keyboard.press("Enter");
    await rule.getByText("✓ the test has arrived").waitFor();
    expect(receiver.received.map(({ body }) => JSON.parse(body).event)).toEqual(["caum.test"]);
    expect(problems).toEqual([]);
    await close();
    await world.stop();
    await receiver.close();
  });

  test("a test that does not arrive says why", async () => {
    const receiver = await startReceiver((response) => void response.writeHead(410).end());
    const world = await startWorld({ alerts: { allowDestinations: [receiver.place] } });
    const { page, close } = await openPage(stage.browser, world.url);
    await signIn(page, world.apiKey);
    await page.goto("/alerts");
    await page.getByRole("textbox", { name: "to", exact: true }).fill(receiver.url);
    await page.getByRole("button", { name: "Add rule" }).click();
    await page.getByRole("button", { name: /^Send a test/ }).click();
    await page.getByText("✗ the test did not arrive: http 410").waitFor();
    await close();
    await world.stop();
    await receiver.close();
  });

  test("who knows how a condition is written writes it, and is told where it is none", async () => {
    const { world, browser } = stage;
    const { page, problems, close } = await openPage(browser, world.url);
    await signIn(page, world.apiKey);
    await page.goto("/alerts");
    const text = page.getByLabel("the condition as text");
    const add = page.getByRole("button", { name: "Add rule" });
    for (const [written, told] of [
      ["tier>T4", 'This is no condition: at position 5: expected ">=" or "=".'],
      ["cost>5 and", "This is no condition: at position 11: expected one of tier>=T1..T5"],
      ["drift and agent=a", "nothing but workflow=NAME together with drift."],
    ] as const) {
      await text.fill(written);
      await page.getByText(told).waitFor();
      expect(await add.isDisabled()).toBe(true);
    }
    await text.fill("open_call>90 and server=github or loop_rate>.25 and workflow=tickets");
    await page
      .getByText(
        "It fires when a call is open for more than 1.5 min, with server github; or when more than 25.0 % of the last 40 sessions of a workflow had a loop, of workflow tickets.",
      )
      .waitFor();
    await page.getByRole("textbox", { name: "to", exact: true }).fill(HOOK);
    await add.click();
    const canonical = "loop_rate>0.25 and workflow=tickets or open_call>90 and server=github";
    await page.getByRole("region", { name: "Rules" }).getByText(canonical).first().waitFor();
    await page.getByRole("button", { name: `Delete ${canonical}` }).click();
    await page.getByText("No rule yet").waitFor();
    expect(problems).toEqual([]);
    await close();
  });

  test("the form fits each width and scheme, with names that are known", async () => {
    const { world, browser } = stage;
    const session = await world.startSession({ agent_id: "known-agent" });
    await session.send(varied(1));
    await world.endSession(session.id, {});
    for (const look of LOOKS) {
      const { page, problems, close } = await openAsAdmin(browser, world, look);
      await expect
        .poll(async () => {
          await page.goto("/alerts");
          await page.getByRole("region", { name: "New rule" }).waitFor();
          await page.waitForLoadState("networkidle");
          return page.locator("#known-agent option[value=known-agent]").count();
        }, UNTIL_SUMMED_UP)
        .toBe(1);
      const add = page.getByRole("button", { name: "Add a condition" });
      for (let part = 2; part <= 5; part++) await add.click();
      expect(await add.isDisabled()).toBe(true);
      for (const [at, choice] of ["tier>=", "regime=", "uds<", "loop_rate>"].entries()) {
        const field = page.getByRole("combobox", { name: `Condition ${at + 1}`, exact: true });
        await field.selectOption(choice);
      }
      await page.getByLabel("only of server").fill("s".repeat(200));
      await page.getByText("nothing but workflow=NAME together with loop_rate").waitFor();
      await expectFit(page, `rules ${look.colorScheme} ${look.viewport.width}`);
      await page.getByRole("button", { name: "Remove condition 4" }).click();
      await page.getByRole("checkbox", { name: "held for 3 steps" }).waitFor();
      await expectFit(page, `rules ${look.colorScheme} ${look.viewport.width}, with a dwell`);
      expect(problems).toEqual([]);
      await close();
    }
  });

  test("whoever may only read is told so, and rules that cannot be read are said to be", async () => {
    const { world, browser } = stage;
    const headers = {
      authorization: `Bearer ${world.adminKey}`,
      "content-type": "application/json",
    };
    const body = JSON.stringify({ scopes: ["read"] });
    const made = await fetch(`${world.url}/v1/keys`, { method: "POST", headers, body });
    const { api_key: key } = (await made.json()) as { api_key: string };
    const { page, close } = await openPage(browser, world.url);
    await signIn(page, key);
    await page.goto("/alerts");
    await page.getByRole("textbox", { name: "to", exact: true }).fill(HOOK);
    await page.getByRole("button", { name: "Add rule" }).click();
    await page.getByText(/lacks the scope ingest/).waitFor();
    await page.route("**/v1/alerts", (route) => route.abort());
    await page.reload();
    await page.getByText("the collector does not answer: is it running?").waitFor();
    await close();
  });
}
