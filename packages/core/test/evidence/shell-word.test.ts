import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { shellWord } from "../../src/report/settings/index.ts";

test("a shell reads exactly the text, whatever it is", () => {
  const texts = fc.array(
    fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.constantFrom(..."'\"\\$`;& \n-~*") }),
    ),
    { minLength: 1, maxLength: 20 },
  );
  fc.assert(
    fc.property(texts, (any) => {
      // No argument of a process can hold a NUL.
      const words = any.map((text) => Buffer.from(text).toString().replaceAll("\0", ""));
      const script = `for word in ${words.map(shellWord).join(" ")}; do printf '%s\\0' "$word"; done`;
      const read = execFileSync("sh", ["-c", script], { encoding: "utf8" });
      expect(read).toBe(words.map((word) => `${word}\0`).join(""));
    }),
    { numRuns: 40 },
  );
});

test("what needs no quotes has none", () => {
  expect(shellWord("my-session_1.tar")).toBe("my-session_1.tar");
  expect(shellWord("")).toBe("''");
  expect(shellWord("~/x")).toBe("'~/x'");
});
