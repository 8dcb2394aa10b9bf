import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { expect, test } from "vitest";

const packages = join(import.meta.dirname, "../packages");
const EXPORTED =
  /^export (?:async )?(?:abstract )?(?:function\*?|class|const|interface|type) (\w+)/gmu;

/** Names that two files of a package may declare, and why they are one word for one thing there. */
const MAY_STAND_TWICE: Readonly<Record<string, string>> = {
  "collector acknowledge": "the door, and the command that it gives to the store",
};
/** What both stores have is the same thing, done by two engines. */
const TWO_ENGINES = /^collector\/src\/store\/(sqlite|postgres)\//u;

test("no name is declared and exported twice in a package", () => {
  const files = new Map<string, string[]>();
  for (const path of readdirSync(packages, { recursive: true, encoding: "utf8" })) {
    const file = path.replaceAll(sep, "/");
    if (!/^[a-z-]+\/src\/.*\.tsx?$/u.test(file)) continue;
    const text = readFileSync(join(packages, file), "utf8");
    for (const name of new Set([...text.matchAll(EXPORTED)].map(([, found]) => found))) {
      const key = `${file.split("/")[0]} ${name}`;
      files.set(key, [...(files.get(key) ?? []), file]);
    }
  }
  expect(files.size).toBeGreaterThan(1_000);
  const twice = [...files].filter(
    ([name, places]) =>
      places.length > 1 &&
      MAY_STAND_TWICE[name] === undefined &&
      !places.every((place) => TWO_ENGINES.test(place)),
  );
  expect(Object.fromEntries(twice)).toEqual({});
});
