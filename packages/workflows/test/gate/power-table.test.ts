/** What the gate finds of 200 sessions, computed from all outcomes that are possible. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { POWER_SHARES, POWER_SIZES, ratesOf } from "../../../../bench/workflows/gate-power.ts";

const DOCUMENT = join(import.meta.dirname, "../../../../docs/gate.md");
const BEGIN = "run with -u -->\n";
const END = "<!-- end of power -->";

test("docs/gate.md has the rates of the gate", async () => {
  const [before = "", rest = ""] = readFileSync(DOCUMENT, "utf8").split(BEGIN);
  const [, after = ""] = rest.split(END);
  const rows = POWER_SIZES.flatMap((size) =>
    POWER_SHARES.map((share) => {
      const { falseAlarms, found } = ratesOf(size, share);
      const percent = (rate: number) => `${(rate * 100).toFixed(1)} %`;
      return `| ${size} | ${share * 100} % | ${percent(falseAlarms)} | ${percent(found)} |`;
    }),
  );
  const head =
    "| sessions of the baseline | of them with a loop | found although nothing changed | 5 points more are found |";
  const table = [head, "|---|---|---|---|", ...rows].join("\n");
  await expect(`${before}${BEGIN}\n${table}\n\n${END}${after}`).toMatchFileSnapshot(DOCUMENT);
});

test("at most 5 of 100 are false alarms, whatever the share", () => {
  for (const size of POWER_SIZES) {
    for (const share of POWER_SHARES) {
      expect(ratesOf(size, share).falseAlarms).toBeLessThanOrEqual(0.05);
    }
  }
});
