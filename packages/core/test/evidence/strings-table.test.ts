import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../../../..");
const FIELD = /(\w+): (?:must|may)\((\w+)/g;
const NUMBERS = ["integer", "signedInteger"];

test("the protocol's table of strings has every field of the schema that holds one, and no other", () => {
  const schema = readFileSync(join(root, "packages/core/src/evidence/line/fields.ts"), "utf8");
  const strings = [...schema.matchAll(FIELD)]
    .filter(([, name, rule = ""]) => name !== "payload" && !NUMBERS.includes(rule))
    .map(([, name]) => name);
  const protocol = readFileSync(join(root, "docs/protocol.md"), "utf8");
  const section = protocol.split("### 1.4")[1]?.split("## 2.")[0] ?? "";
  const cells = section.split("\n").flatMap((line) => line.match(/^\| (`[^|]+)\|/)?.[1] ?? []);
  const told = cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name));
  told.splice(told.indexOf("data_movement"), 1);
  expect(strings.length).toBeGreaterThan(40);
  expect([...new Set(told)].sort()).toEqual([...new Set(strings)].sort());
});
