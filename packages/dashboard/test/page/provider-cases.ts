import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  CLIENT_ID,
  startProvider,
  type TestProvider,
} from "../../../collector/test/oidc/provider.ts";
import type { Stage } from "../page.test.ts";
import { expectFit, LOOKS } from "./looks.ts";
import { openPage } from "./open-page.ts";
import { startWorld, type World } from "./world.ts";

export function providerCases(stage: Stage): void {
  describe("with a provider", () => {
    let provider: TestProvider;
    let world: World;
    beforeAll(async () => {
      // Another site than the collector's, as providers are.
      provider = await startProvider("localhost");
      const { issuer } = provider;
      const oidc = { issuer, clientId: CLIENT_ID, domains: ["allowed.example"] };
      world = await startWorld({ oidc });
      await provider.serve(`${world.url}/sign-in/oidc/callback`, { isPublicClient: true });
      provider.people.set("ada", { email: "ada@allowed.example", email_verified: true });
      provider.people.set("eve", { email: "eve@elsewhere.example", email_verified: true });
    });
    afterAll(async () => {
      await world.stop();
      await provider.stop();
    });

    const nameOf = () => new URL(provider.issuer).host;

    test("its button signs a member in, who comes back to where they were", async () => {
      const { page, problems, close } = await openPage(stage.browser, world.url);
      await page.goto("/overview?days=30");
      await page.getByRole("link", { name: `Sign in by ${nameOf()}` }).focus();
      await page.keyboard.press("Enter");
      await signInThere(page, "ada");
      await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
      expect(page.url()).toBe(`${world.url}/overview?days=30`);
      const cookies = await page.context().cookies(world.url);
      expect(cookies).toMatchObject([{ httpOnly: true, sameSite: "Strict" }]);
      await page.reload();
      await page.getByRole("heading", { level: 1, name: "Overview" }).waitFor();
      await page.getByRole("button", { name: "Sign out" }).click();
      await page.getByLabel("API key").waitFor();
      // The provider's own pages are not ours to judge.
      expect(problems.filter((problem) => problem.startsWith("policy"))).toEqual([]);
      await close();
    });

    test("whoever is not invited reads why, and the way back, in each width and scheme", async () => {
      for (const look of LOOKS) {
        const { page, close } = await openPage(stage.browser, world.url, look);
        await page.goto("/");
        const button = page.getByRole("link", { name: `Sign in by ${nameOf()}` });
        await button.waitFor();
        await expectFit(page, `the sign-in page ${look.colorScheme} ${look.viewport.width}`);
        await button.click();
        await signInThere(page, "eve");
        await page.getByText("Nobody has invited your e-mail address.").waitFor();
        expect(new URL(page.url()).origin).toBe(world.url);
        await expectFit(page, `the page that says why ${look.colorScheme} ${look.viewport.width}`);
        await page.getByRole("link", { name: "Back to the sign-in page" }).focus();
        await page.keyboard.press("Enter");
        await page.getByLabel("API key").waitFor();
        await close();
      }
    });

    test("without a provider there is no button", async () => {
      const { page, close } = await openPage(stage.browser, stage.world.url);
      const asked = page.waitForResponse("**/dashboard-api/providers");
      await page.goto("/");
      await (await asked).finished();
      await page.getByLabel("API key").waitFor();
      expect(await page.getByRole("link", { name: /^Sign in by/ }).count()).toBe(0);
      await close();
    });
  });
}

/** On the provider's own pages. */
async function signInThere(page: Page, name: string): Promise<void> {
  // They ask for a font from elsewhere.
  await page.route("https://**", (route) => route.abort());
  await page.getByPlaceholder("Enter any login").fill(name);
  await page.getByPlaceholder("and password").fill("any");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Continue" }).click();
}
