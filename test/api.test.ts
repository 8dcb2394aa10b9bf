import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const packages = join(import.meta.dirname, "../packages");

/** The names that each entry of each package exports, types included, as its manifest lists them. */
function publicNames(): Record<string, readonly string[]> {
  const names: Record<string, readonly string[]> = {};
  for (const folder of readdirSync(packages)) {
    const manifest = JSON.parse(readFileSync(join(packages, folder, "package.json"), "utf8"));
    for (const [entry, targets] of Object.entries(manifest.exports ?? {})) {
      // True of our manifests: every entry names its source.
      const source = (targets as Record<string, string>)["@caum/source"] ?? "";
      const path = join(packages, folder, source);
      expect(existsSync(path), path).toBe(true);
      names[join(manifest.name, entry)] = exportsOf(readFileSync(path, "utf8"));
    }
  }
  return names;
}

function exportsOf(source: string): readonly string[] {
  const lists = [...source.matchAll(/^export (?:type )?\{([^}]*)\}/gmu)].flatMap(([, list = ""]) =>
    list.split(",").map(
      (name) =>
        name
          .trim()
          .replace(/^type /u, "")
          .split(" as ")
          .at(-1) ?? "",
    ),
  );
  const declared = [
    ...source.matchAll(/^export (?:async )?(?:function|class|const|interface|type) (\w+)/gmu),
  ];
  return [...lists, ...declared.map(([, name = ""]) => name)].filter(Boolean).sort();
}

/** Adding a name is a change of the API: `npx vitest run test/api.test.ts -u` and a reason for it. */
test("packages export what the golden list says, and nothing else", async () => {
  await expect(`${JSON.stringify(publicNames(), undefined, 2)}\n`).toMatchFileSnapshot(
    "golden/api.json",
  );
});

test("a name of core stands in one entry", () => {
  const entries = Object.entries(publicNames()).filter(([entry]) => /^@caum\/core\b/u.test(entry));
  expect(entries.length).toBeGreaterThan(5);
  const seen = new Map<string, string>();
  for (const [entry, names] of entries) {
    for (const name of names) {
      expect(seen.get(name), `${name} stands in ${entry} as well`).toBeUndefined();
      seen.set(name, entry);
    }
  }
});
