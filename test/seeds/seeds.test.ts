/** Every call, field, value and body of the product's own pages, against `caum up`. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { alertPage } from "./alert-page.ts";
import { clientsPage } from "./clients-page.ts";
import { eventsPage } from "./events-page.ts";
import { guidePage } from "./guide-page.ts";
import { livePage } from "./live-page.ts";
import { regimesPage } from "./regimes-page.ts";
import type { Page } from "./row.ts";
import { type Receiver, type Started, startReceiver, startUp } from "./started.ts";
import { trialPage } from "./trial-page.ts";

const PAGES: readonly Page[] = [
  livePage,
  guidePage,
  clientsPage,
  regimesPage,
  alertPage,
  trialPage,
  eventsPage,
];

let door: Started;
let receiver: Receiver;

beforeAll(async () => {
  receiver = await startReceiver();
  door = await startUp(["--allow-destination", receiver.place], {
    CAUM_RESEND_API_KEY: "re_test",
    CAUM_RESEND_URL: receiver.url,
    CAUM_MAIL_FROM: "caum@example.com",
  });
});
afterAll(async () => {
  await door.stop();
  await receiver.close();
});

describe.each(PAGES)("$title", ({ rows }) => {
  test.each(rows)("$says", async ({ check }) => check({ door, receiver }));
});

const HEAD = `# Compatibility

What the product's own pages say, row by row, and whether it holds. Each row is run against \`caum up\` by
\`npx vitest run --project workspace test/seeds\`, which also writes this page (with \`-u\`).

"In another way" says what differs and why: it is a choice for privacy, or of whoever runs the collector.
`;

test("docs/compatibility.md says what these rows say", async () => {
  const sections = PAGES.map(({ title, rows }) => {
    const lines = rows.map(({ says, differs }) => {
      return `| ${says} | ${differs === undefined ? "as written" : `in another way: ${differs}`} |`;
    });
    return `## ${title}\n\n| the page says | here |\n|---|---|\n${lines.join("\n")}\n`;
  });
  const count = PAGES.reduce((sum, { rows }) => sum + rows.length, 0);
  const text = `${HEAD}\n${count} rows.\n\n${sections.join("\n")}`;
  await expect(text).toMatchFileSnapshot("../../docs/compatibility.md");
});
