/** The page in a real Chromium, served by a real collector. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe } from "vitest";
import { accessCases } from "./page/access-cases.ts";
import { basePathCases } from "./page/base-path-cases.ts";
import { chromiumPath, launch } from "./page/chromium.ts";
import { closingCases } from "./page/closing-cases.ts";
import { compareCases } from "./page/compare-cases.ts";
import { handsCases } from "./page/hands-cases.ts";
import { keyboardCases } from "./page/keyboard-cases.ts";
import { ledgerCases } from "./page/ledger-cases.ts";
import { overviewCases } from "./page/overview-cases.ts";
import { proofCases } from "./page/proof-cases.ts";
import { providerCases } from "./page/provider-cases.ts";
import { ruleCases } from "./page/rule-cases.ts";
import { sessionAddressCases } from "./page/session-address-cases.ts";
import { sessionCases } from "./page/session-cases.ts";
import { keysCases } from "./page/settings/keys-cases.ts";
import { memberCases } from "./page/settings/members-cases.ts";
import { settingsCases } from "./page/settings/settings-cases.ts";
import { signInCases } from "./page/sign-in-cases.ts";
import { startCases } from "./page/start-cases.ts";
import { workflowCases } from "./page/workflow-cases.ts";
import { startWorld, type World } from "./page/world.ts";

/** What the cases share: one browser and one collector. */
export interface Stage {
  readonly browser: Browser;
  readonly world: World;
}

describe.skipIf(chromiumPath === undefined)("the page in a browser", () => {
  const stage = {} as { browser: Browser; world: World }; // Filled before the first case.
  beforeAll(async () => {
    [stage.world, stage.browser] = await Promise.all([startWorld(), launch()]);
  });
  afterAll(async () => {
    await stage.browser.close();
    await stage.world.stop();
  });
  signInCases(stage);
  ledgerCases(stage);
  sessionCases(stage);
  sessionAddressCases(stage);
  proofCases(stage);
  startCases(stage);
  ruleCases(stage);
  workflowCases(stage);
  overviewCases(stage);
  compareCases(stage);
  settingsCases(stage);
  keysCases(stage);
  memberCases(stage);
  providerCases(stage);
  keyboardCases(stage);
  handsCases(stage);
  accessCases(stage);
  basePathCases(stage);
  closingCases(stage);
});
