import { expect, test } from "vitest";
import { KnownTexts } from "../../src/capture/known-texts.ts";

/** How often something had to be worked out of the texts. */
function workedOut(...texts: readonly string[]): number {
  const known = new KnownTexts<string>();
  let times = 0;
  for (const text of texts) {
    const worth = known.of(text, (name) => {
      times += 1;
      return `of ${name}`;
    });
    expect(worth).toBe(`of ${text}`);
  }
  return times;
}

const SHORT = "a".repeat(128);
const LONG = "b".repeat(129);
const LONGER = "c".repeat(4_096);
const LONGEST = "d".repeat(4_097);

test.each([
  ["a name", [SHORT, LONG, SHORT], 2],
  ["a long text that comes again at once", [LONG, SHORT, LONG, LONGER, LONGER], 3],
  ["a long text after another", [LONG, LONGER, LONG], 3],
  ["a text that is too long to be held", [LONGEST, LONGEST], 2],
  ["a text that is too long, between two equal ones", [LONG, LONGEST, LONG], 2],
])("%s is worked out once, or anew", (_what, texts, times) => {
  expect(workedOut(...texts)).toBe(times);
});

test("beyond 1,024 names the memory starts afresh", () => {
  const names = Array.from({ length: 1_024 }, (_, at) => `name ${at}`);
  expect(workedOut(...names, "name 0")).toBe(1_024);
  expect(workedOut(...names, "one more", "name 0")).toBe(1_026);
});
