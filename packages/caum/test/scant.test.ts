import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as caum from "../src/index.ts";

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "caum-scant-"));
  caum.init(undefined, { home, env: {}, quiet: true });
});
afterAll(async () => {
  await caum.flush();
  rmSync(home, { recursive: true, force: true });
});

const times = (count: number, session: string, step: caum.Step) =>
  Array.from({ length: count }, () => caum.observe(session, step));

test("equal posted contents are for review from the eighth on, and a loop from the twelfth", () => {
  const verdicts = times(12, "contents", { tool: "bash", content: "pytest tests/" });
  expect(verdicts.map(({ regime }) => regime)).not.toContain("LINEAR_PROGRESS");
  expect(verdicts[6]?.advisory).toBeNull();
  expect(verdicts[7]).toMatchObject({
    regime: "GRIND",
    advisory: { public_class: "review_only", reasons: ["same_content:p1x8"] },
  });
  expect(verdicts[11]).toMatchObject({ regime: "LOOP", tier: "T5", alert_fired: true });
});

test("a name alone is for review from the eighth on, never an alert, and the advisory helps", () => {
  const verdicts = times(30, "names", { tool: "bash" });
  expect(verdicts[7]).toMatchObject({ regime: "GRIND", advisory: { public_class: "review_only" } });
  expect(verdicts[7]?.advisory?.message).toContain("Send state_hash");
  expect(verdicts.some(({ alert_fired: fired }) => fired)).toBe(false);
});
