import { expect, test } from "vitest";
import { Progress } from "../src/terminal/progress.ts";

function screen(columns: number, isTTY = true) {
  const written: string[] = [];
  return { isTTY, columns, written, write: (text: string) => written.push(text) };
}

test("progress is one line that is written over, cut to the terminal, and gone at the end", () => {
  const narrow = screen(12);
  const progress = new Progress(narrow, {});
  progress.show("a long path: line 1", 1_000);
  progress.show("a long path: line 2", 1_050);
  progress.show("next", 1_200);
  progress.clear();
  progress.clear();
  expect(narrow.written).toEqual(["\r\x1b[Ka long path", "\r\x1b[Knext", "\r\x1b[K"]);
});

test.each([
  ["a pipe", false, {}],
  ["a build", true, { CI: "true" }],
  ["a terminal that cannot", true, { TERM: "dumb" }],
])("%s is spared", (_name, isTTY, env) => {
  const seen = screen(80, isTTY);
  const progress = new Progress(seen, env);
  progress.show("anything", 1_000);
  progress.clear();
  expect(seen.written).toEqual([]);
});
