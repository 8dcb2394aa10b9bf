/** Makes the pictures of docs/images: the main states of the page, from a real collector. */
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import {
  chromiumPath,
  launch,
  openPage,
  signIn,
} from "../packages/dashboard/test/page/chromium.ts";
import type { BrowserDocument } from "../packages/dashboard/test/page/in-browser.ts";
import { startWorld, varied, type World } from "../packages/dashboard/test/page/world.ts";

declare const document: BrowserDocument;
declare function scrollTo(x: number, y: number): void;

const folder = join(import.meta.dirname, "../docs/images");
const STATES = ["ledger", "session", "proof", "workflow", "compare", "start", "settings"] as const;
/** Of the workflow that changes. */
const USUAL_SESSIONS = 60;
const CHANGED_SESSIONS = 24;
const VIEWPORT = { width: 1280, height: 800 };

if (chromiumPath === undefined) process.exit(1);
mkdirSync(folder, { recursive: true });
const world = await startWorld();
const browser = await launch();
await fillWorkflow(world);
const { stuck, steady } = await fill(world);
for (const scheme of ["light", "dark"] as const) {
  const options = { colorScheme: scheme, viewport: VIEWPORT };
  const { page, close } = await openPage(browser, world.url, options);
  await signIn(page, world.apiKey);
  for (const state of STATES) {
    await show(page, state);
    const path = join(folder, `${state}-${scheme}.png`);
    await page.screenshot({ path });
    console.log(`${path} ${(statSync(path).size / 1_000).toFixed(0)} kB`);
  }
  await close();
}
await browser.close();
await world.stop();

/** Brings the page into one of its main states. */
async function show(page: Page, state: (typeof STATES)[number]): Promise<void> {
  if (state === "ledger") {
    await page.goto("/");
    await page.getByText("loops now").first().waitFor();
  } else if (state === "session") {
    await page.goto(`/dashboard/${stuck}`);
    await page.locator(".bracket").first().waitFor();
  } else if (state === "proof") {
    await page.getByRole("button", { name: "Verify in this browser" }).click();
    await page.getByRole("heading", { name: "Not proved" }).waitFor();
    await page.getByRole("region", { name: "Proof" }).scrollIntoViewIfNeeded();
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  } else if (state === "workflow") {
    await page.goto("/workflows/refunds");
    await page.getByText("High review").first().waitFor();
    await page.getByRole("region", { name: "Exposure" }).getByRole("cell").first().waitFor();
  } else if (state === "compare") {
    await page.goto(`/compare?a=${steady}&b=${stuck}`);
    await page.locator(".bracket").first().waitFor();
  } else if (state === "settings") {
    // What an admin sees.
    await page.context().clearCookies();
    await signIn(page, world.adminKey);
    await page.goto("/settings");
    await page.getByRole("region", { name: "Keys" }).getByRole("listitem").first().waitFor();
  } else {
    await page.goto("/onboarding");
    await page.getByRole("button", { name: "Run smoke test" }).click();
    await page.getByText("✓ passed").waitFor();
    await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
  }
}

/** A handful of agents: some get on, one turns in circles. @returns a session of either kind */
async function fill(to: World): Promise<{ readonly stuck: string; readonly steady: string }> {
  let steady = "";
  const agents = ["support-bot", "code-fixer", "researcher", "billing-helper", "release-notes"];
  for (const [nth, agent_id] of agents.entries()) {
    for (const part of [0, 1]) {
      const session = await to.startSession({ agent_id, workflow: `${agent_id}-${part}` });
      steady = session.id;
      const steps = 8 + ((nth * 17 + part * 29) % 60);
      await session.send(...Array.from({ length: steps }, (_, step) => varied(step * (nth + 1))));
    }
  }
  const session = await to.startSession({ agent_id: "ticket-agent", workflow: "support_tickets" });
  await session.send(...Array.from({ length: 22 }, (_, step) => varied(step)));
  await session.send(...Array.from({ length: 16 }, (_, step) => circling(step)));
  await session.send(...Array.from({ length: 6 }, (_, step) => varied(100 + step)));
  await session.send(...Array.from({ length: 14 }, (_, step) => circling(step)));
  return { stuck: session.id, steady };
}

/** A workflow whose sessions got on, and then began to turn in circles now and then. */
async function fillWorkflow(to: World): Promise<void> {
  for (let nth = 0; nth < USUAL_SESSIONS + CHANGED_SESSIONS; nth++) {
    const isChanged = nth >= USUAL_SESSIONS && nth % 2 === 0;
    const task = { agent_id: "refund-agent", workflow: "refunds", task_id: `task-${nth % 3}` };
    const session = await to.startSession(task);
    const steps = isChanged ? 30 : 9 + (nth % 7);
    const step = isChanged ? circling : varied;
    await session.send(...Array.from({ length: steps }, (_, at) => step(at)));
    await to.endSession(session.id, { resolved: !isChanged });
  }
}

/** Two calls in turn that never bring anything new. */
function circling(step: number): object {
  const common = { event: "tool_call", status: "not_found", input_tokens: 900, output_tokens: 60 };
  const tool = step % 2 === 0 ? "browser.get" : "search";
  const turn = step % 2;
  return { ...common, tool, input_id: `asked_${turn}`, state_id: `same_${turn}`, cost_usd: 0.0031 };
}
