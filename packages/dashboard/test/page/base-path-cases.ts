import { expect, test } from "vitest";
import type { Stage } from "../page.test.ts";
import { openPage } from "./open-page.ts";
import { loopedWorkflow } from "./workflow-cases.ts";
import { startWorld, varied } from "./world.ts";

export function basePathCases(stage: Stage): void {
  test("below a path, every link, file and request of the page stays below it", async () => {
    const world = await startWorld({ basePath: "/caum" });
    const session = await world.startSession({ agent_id: "below", workflow: "below" });
    await session.send(varied(1));
    await loopedWorkflow(world, "looped-below");
    // What it asks of another path would be a problem.
    const { page, problems, close } = await openPage(stage.browser, world.url);
    await page.goto(await world.newSignInLink());
    await page.getByText("live", { exact: true }).waitFor();
    expect(page.url()).toBe(`${world.url}/`);
    const visited = new Set<string>();
    const places = [`${world.url}/`, `${world.url}/dashboard/${session.id}`];
    for (let place = places.pop(); place !== undefined; place = places.pop()) {
      visited.add(place);
      await page.goto(place);
      await page.locator("main:not([aria-busy=true])").waitFor();
      const links = await page.locator("a[href]").evaluateAll((all) =>
        // Links of the page have an address.
        all.map((link) => (link as unknown as { href: string }).href),
      );
      expect(links.length, place).toBeGreaterThan(3);
      for (const link of links) expect(link, place).toContain(`${world.url}/`);
      const pages = links.filter((link) => !/\/(?:v1|docs)\b/.test(link));
      places.push(...pages.filter((link) => !visited.has(link) && !places.includes(link)));
    }
    expect(visited.size).toBeGreaterThan(6);
    await page.goto(`${world.url}/`);
    await page.getByRole("link", { name: "Workflows" }).click();
    await page.getByRole("link", { name: "looped-below" }).first().waitFor();
    expect(page.url()).toBe(`${world.url}/workflows`);
    await page.goBack();
    await page.getByRole("link", { name: /^below/ }).click();
    await page.getByRole("heading", { name: "below" }).waitFor();
    await page.getByRole("button", { name: "Verify in this browser" }).click();
    await page.getByRole("heading", { name: "Not proved" }).waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("API key").fill(world.apiKey);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "below" }).waitFor();
    expect(problems).toEqual([]);
    await close();
    await world.stop();
  });
}
