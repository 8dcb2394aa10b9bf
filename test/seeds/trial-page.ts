/** What comes after a trial; its collector is one of its own, whose trials are over at once. */
import { expect } from "vitest";
import type { Page } from "./row.ts";
import { startUp } from "./started.ts";

const PLACE = "https://caum.systems/pilot/";

export const trialPage: Page = {
  title: "After the trial",
  rows: [
    {
      says: "402 with `error`, `message` and `upgrade_url`; reading goes on",
      check: async () => {
        const door = await startUp(["--trial-days", "0"], { CAUM_UPGRADE_URL: PLACE });
        try {
          const { body } = await door.post("/v1/register", { email: "you@company.example" }, {});
          const key = { authorization: `Bearer ${body.api_key}` };
          const step = { session_id: "s", step: 1, tool: "bash" };
          expect(await door.post("/v1/step", step, key)).toEqual({
            status: 402,
            body: {
              error: "trial_expired",
              message: `Trial expired. Upgrade at ${PLACE}`,
              upgrade_url: PLACE,
            },
          });
          expect((await door.get("/v1/sessions", key)).status).toBe(200);
        } finally {
          await door.stop();
        }
      },
    },
  ],
};
