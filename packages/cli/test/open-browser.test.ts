import { join, parse } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { addressOf } from "../src/up/open-browser.ts";

test("a folder's name cannot end the command that opens a browser", () => {
  const file = join(parse(process.cwd()).root, "Tom & Jerry (x86), a=b; 100%^!'", "open.html");
  const address = addressOf(file);
  expect(address).not.toMatch(/[&,;=()!'"^\s]/);
  expect(fileURLToPath(address)).toBe(file);
});
