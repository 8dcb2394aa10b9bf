/** The documents hold together: every relative link leads somewhere, and the index of decisions is whole. */
import { existsSync, globSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const DECISIONS = join(ROOT, "docs/decisions");
const FENCES = /^```.*?^```/gms;
const LINK = /\]\((?!https?:|mailto:|#)([^)#\s]+)/g;

const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const documents = globSync(["*.md", "{docs,findings,packages,field}/**/*.md"], {
  cwd: ROOT,
  exclude: (path) => path.includes("node_modules"),
});

test.each(documents)("%s: every link leads to a file", (path) => {
  const links = [...read(path).replaceAll(FENCES, "").matchAll(LINK)].map(([, link]) => link ?? "");
  const missing = links.filter((link) => !existsSync(join(ROOT, dirname(path), link)));
  expect(missing).toEqual([]);
});

test("the index of decisions names each of them by its title", () => {
  const expected = readdirSync(DECISIONS)
    .filter((name) => name !== "README.md")
    .sort()
    .map((name) => {
      const [, number, title] = /^# (\d{4}):? (.+)/.exec(read(`docs/decisions/${name}`)) ?? [];
      return `- [${number}](${name}) ${title}`;
    });
  const listed = read("docs/decisions/README.md")
    .split("\n")
    .filter((line) => line.startsWith("- "));
  expect(listed).toEqual(expected);
});
