/** How fast the page is in a real Chromium: first paint, an event on screen, frames while scrolling. */
import type { Page } from "playwright-core";
import {
  chromiumPath,
  launch,
  openPage,
  signIn,
} from "../../packages/dashboard/test/page/chromium.ts";
import type { BrowserDocument } from "../../packages/dashboard/test/page/in-browser.ts";
import { startWorld, varied, type World } from "../../packages/dashboard/test/page/world.ts";
import { millionMs, SESSIONS as SESSIONS_SUMMED } from "./overview.ts";

/** On loopback. */
const PAINT_MS = 100;
/** A page that is looked at first may take no longer. */
const OVERVIEW_MS = 100;
/** What somebody asked for by pressing a head. */
const SORTED_MS = 300;

declare const document: BrowserDocument;
declare function requestAnimationFrame(draw: () => void): void;

const ROUNDS = 15;
const LONG = 10_000;
const SESSIONS = 2_000;
const SCROLL_MS = 3_000;

if (chromiumPath === undefined) process.exit(1);
const world = await startWorld();
const browser = await launch();
const { page } = await openPage(browser, world.url);
await signIn(page, world.apiKey);

const long = await world.startSession({ agent_id: "long" });
for (let from = 0; from < LONG; from += 1_000) {
  await long.send(...Array.from({ length: 1_000 }, (_, nth) => varied(from + nth)));
}
report("first paint of the ledger", await firstPaints(page, "/"), "ms", (ms) => ms <= PAINT_MS);
report("event on screen, ledger", await delaysInLedger(page, world), "ms", (ms) => ms <= 250);
report("event on screen, session", await delaysInSession(page, world), "ms", (ms) => ms <= 250);
const idle = await framesPerSecond(page, "body");
report("frames while nothing moves", [idle], "fps");
await fillLedger(page, world);
const ledger = await framesPerSecond(page, ".ledger .view");
report(`frames while ${SESSIONS} sessions scroll`, [ledger], "fps", isSmooth);
report("10,000 steps drawn", [await drawMs(page)], "ms");
const steps = await framesPerSecond(page, ".steps .view");
report("frames while 10,000 steps scroll", [steps], "fps", isSmooth);
report("10,000 records verified", [await verifyMs(page)], "ms");
await browser.close();
await world.stop();
const { overview, sorted } = await millionMs();
report(`overview of ${SESSIONS_SUMMED} sessions`, overview, "ms", (ms) => ms < OVERVIEW_MS);
report(`list of ${SESSIONS_SUMMED} in order`, sorted, "ms", (ms) => ms < SORTED_MS);

/** A machine that is busy elsewhere gives nobody 50 frames. */
function isSmooth(framesPerSecond: number): boolean {
  return framesPerSecond >= Math.min(50, idle * 0.9);
}

/** @param holds whether the median is good enough; where it is not, the bench ends with 1 */
function report(
  what: string,
  values: readonly number[],
  unit: string,
  holds?: (median: number) => boolean,
): void {
  const sorted = values.toSorted((a, b) => a - b);
  const median = sorted[sorted.length >> 1] ?? Number.NaN;
  const most = sorted.at(-1) ?? Number.NaN;
  const spread = values.length > 1 ? `, largest ${most.toFixed(0)}` : "";
  const verdict = holds === undefined ? "" : holds(median) ? "  holds" : "  MISSED";
  if (holds?.(median) === false) process.exitCode = 1;
  console.log(`${what.padEnd(34)} ${median.toFixed(0)} ${unit}${spread}${verdict}`);
}

async function firstPaints(page: Page, path: string): Promise<number[]> {
  const paints: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await page.goto(path);
    await page.getByRole("table").waitFor();
    const paint = await page.waitForFunction(
      () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime,
    );
    paints.push((await paint.jsonValue()) ?? Number.NaN);
  }
  return paints;
}

/** From the ack of an event to the frame that shows it; both clocks are this machine's. */
async function delaysInLedger(page: Page, world: World): Promise<number[]> {
  await page.goto("/");
  await page.getByText("live", { exact: true }).waitFor();
  const delays: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const agent = `fresh-${round}`;
    const session = await world.startSession({ agent_id: agent });
    const seen = shownAt(page, agent);
    await session.send(varied(round));
    const ackedMs = Date.now();
    delays.push((await seen) - ackedMs);
  }
  return delays;
}

async function delaysInSession(page: Page, world: World): Promise<number[]> {
  const session = await world.startSession({ agent_id: "watched" });
  await session.send(varied(0));
  await page.goto(`/dashboard/${session.id}`);
  await page.getByText("live", { exact: true }).waitFor();
  const delays: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const seen = shownAt(page, `UDS over ${round + 2} steps`);
    await session.send(varied(round + 1));
    const ackedMs = Date.now();
    delays.push((await seen) - ackedMs);
  }
  return delays;
}

/** When a frame first holds this text or label, in milliseconds since the epoch. */
function shownAt(page: Page, wanted: string): Promise<number> {
  return page.evaluate(
    (text) =>
      new Promise<number>((resolve) => {
        const look = () => {
          const { body } = document;
          const isThere =
            body.textContent.includes(text) || body.querySelector(`[aria-label="${text}"]`);
          if (isThere) resolve(Date.now());
          else requestAnimationFrame(look);
        };
        look();
      }),
    wanted,
  );
}

async function drawMs(page: Page): Promise<number> {
  const startMs = Date.now();
  await page.goto(`/dashboard/${long.id}`);
  await page.getByRole("img", { name: `UDS over ${LONG} steps` }).waitFor();
  return Date.now() - startMs;
}

async function verifyMs(page: Page): Promise<number> {
  const startMs = Date.now();
  await page.getByRole("button", { name: "Verify in this browser" }).click();
  await page.getByRole("heading", { name: "Not proved" }).waitFor();
  return Date.now() - startMs;
}

/** Opens the ledger and reads so many sessions by scrolling to its end. */
async function fillLedger(page: Page, world: World): Promise<void> {
  for (let from = 0; from < SESSIONS; from += 100) {
    const some = Array.from({ length: 100 }, () => world.startSession());
    await Promise.all(some.map(async (session) => (await session).send(varied(1))));
  }
  await page.goto("/");
  const view = page.locator(".ledger .view");
  await view.waitFor();
  while ((await page.getByText("more below").count()) + (await page.getByText("Loading").count())) {
    await view.evaluate((element) => element.scrollTo(0, element.scrollHeight));
  }
}

async function framesPerSecond(page: Page, view: string): Promise<number> {
  return page.locator(view).evaluate(
    (view, durationMs) =>
      new Promise<number>((resolve) => {
        const startMs = performance.now();
        let frames = 0;
        const step = () => {
          const passedMs = performance.now() - startMs;
          if (passedMs >= durationMs) return resolve((frames * 1_000) / passedMs);
          frames += 1;
          view.scrollTop = (passedMs / durationMs) * view.scrollHeight;
          requestAnimationFrame(step);
        };
        requestAnimationFrame(step);
      }),
    SCROLL_MS,
  );
}
