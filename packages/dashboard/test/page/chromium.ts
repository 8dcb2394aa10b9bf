/** A real Chromium, and pages that report what must not happen in them. */
import { existsSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const { CAUM_CHROMIUM: chosen } = process.env;
const PLACES = chosen ? [chosen] : ["/usr/bin/chromium", "/usr/bin/google-chrome"];

/** Undefined when there is none; the tests say so and are left out. */
export const chromiumPath = PLACES.find((path) => existsSync(path));

if (chromiumPath === undefined) {
  console.warn(
    [
      "",
      "############################################################################",
      "# NOT TESTED: the page needs a Chromium, and none was found.               #",
      "# Debian and Ubuntu: apt-get install chromium                              #",
      "# Elsewhere: set CAUM_CHROMIUM to the path of Chromium or Chrome.          #",
      "############################################################################",
      "",
    ].join("\n"),
  );
}

/** Inside the browser. */
declare function addEventListener(
  type: "securitypolicyviolation",
  listener: (event: { readonly violatedDirective: string; readonly blockedURI: string }) => void,
): void;

/** Generous: what a case waits for comes within a fraction of it. */
const WAIT_MS = 12_000;

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath ?? "",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** A page of its own profile. */
export interface Guarded {
  readonly page: Page;
  /** Errors on the console, broken rules of the policy, requests to anywhere else. */
  readonly problems: readonly string[];
  close(): Promise<void>;
}

export async function openPage(
  browser: Browser,
  origin: string,
  options: BrowserContextOptions = {},
): Promise<Guarded> {
  const context = await browser.newContext({
    baseURL: origin,
    viewport: { width: 1280, height: 860 },
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT_MS);
  const problems: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") problems.push(message.text());
  });
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("dialog", (dialog) => {
    problems.push(`a dialog opened: ${dialog.message()}`);
    // The page may be closed by then.
    dialog.dismiss().catch(() => {});
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(`${origin}/`)) problems.push(`external: ${request.url()}`);
  });
  await page.addInitScript(() => {
    addEventListener("securitypolicyviolation", (event) => {
      console.warn(`policy: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  const close = async () => {
    // What answers for the collector may be at it, and would fail with nobody who hears of it.
    await page.unrouteAll({ behavior: "ignoreErrors" });
    await context.close();
  };
  return { page, problems, close };
}

/** Signs in with a key, as a person does. */
export async function signIn(page: Page, key: string): Promise<void> {
  await page.goto("/");
  await page.getByLabel("API key").fill(key);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("link", { name: "Sessions" }).waitFor();
}
