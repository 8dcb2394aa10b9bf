/** Widths and schemes in which everything is to be seen, and what is asked of each. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import type { BrowserDocument } from "./in-browser.ts";

declare const document: BrowserDocument;

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const GRAVE = ["serious", "critical"];

export const LOOKS = [
  { viewport: { width: 1280, height: 860 }, colorScheme: "light" },
  { viewport: { width: 1280, height: 860 }, colorScheme: "dark" },
  { viewport: { width: 360, height: 740 }, colorScheme: "light" },
  { viewport: { width: 360, height: 740 }, colorScheme: "dark" },
] as const;

/** Nothing serious for axe, and nothing beyond the edge. */
export async function expectFit(page: Page, words: string): Promise<void> {
  expect(await graveFindings(page), words).toEqual([]);
  const [width, most] = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return [scrollWidth, clientWidth] as const;
  });
  expect(width, words).toBeLessThanOrEqual(most);
}

/** What axe-core finds that is serious or worse. */
async function graveFindings(page: Page): Promise<unknown[]> {
  await page.evaluate(AXE);
  const violations = await page.evaluate(async () => {
    // axe was put there by the line before.
    // biome-ignore lint/suspicious/noExplicitAny: it brings no types of its own into the page
    const { axe } = globalThis as any;
    return (await axe.run(document)).violations;
  });
  return violations
    .filter(({ impact }: { impact: string }) => GRAVE.includes(impact))
    .map(({ id, nodes }: { id: string; nodes: { html: string; failureSummary: string }[] }) => ({
      id,
      html: nodes[0]?.html,
      why: nodes[0]?.failureSummary,
    }));
}
