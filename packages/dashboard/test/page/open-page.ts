import type { Browser, BrowserContextOptions } from "playwright-core";
import { onTestFailed } from "vitest";
import { type Guarded, openPage as open } from "./chromium.ts";

/** A page that, when its test fails, says what it showed. */
export async function openPage(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<Guarded> {
  const guarded = await open(browser, origin, options);
  onTestFailed(async () => {
    const text = await guarded.page.innerText("body").catch(() => "closed");
    console.warn(`the page said: ${text.slice(0, 1_000)}`, guarded.problems);
    await guarded.close();
  });
  return guarded;
}
