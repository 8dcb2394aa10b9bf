import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const SOURCE = fileURLToPath(new URL("../../src", import.meta.url));
const IMPORT = /(?:import|export)\s[^;]*?from\s+"([^"]+)"/g;

/** Every module that one module loads, itself included; types only count as well. */
function loadedBy(path: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(path)) return seen;
  seen.add(path);
  if (path.startsWith("node:")) return seen;
  for (const [, name = ""] of readFileSync(path, "utf8").matchAll(IMPORT)) {
    loadedBy(name.startsWith(".") ? join(dirname(path), name) : name, seen);
  }
  return seen;
}

test("an auditor loads verification, the record's fields, the reader of JSON, and nothing else", () => {
  const modules = [...loadedBy(join(SOURCE, "verify.ts"))].map((path) =>
    path.startsWith("node:") ? "node:" : relative(SOURCE, path).replace(/[^/]+$/, ""),
  );
  expect([...new Set(modules)].sort()).toEqual(
    [
      "",
      "capture/",
      "evidence/",
      "evidence/bundle/",
      "evidence/line/",
      "evidence/log/",
      "evidence/note/",
      "evidence/rules/",
      "evidence/time-stamp/",
      "evidence/tree/",
      "evidence/verify/",
      "node:",
    ].sort(),
  );
  const captured = [...loadedBy(join(SOURCE, "verify.ts"))].filter((path) =>
    path.includes("/capture/"),
  );
  expect(captured.map((path) => relative(SOURCE, path)).sort()).toEqual([
    "capture/foreign-json.ts",
    "capture/identifier.ts",
    "capture/record.ts",
  ]);
});
