/** What a command loads: each module takes time to be found, read and compiled before anything is done. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createProgram } from "../src/program.ts";
import { TemporaryHome } from "./install/temporary-home.ts";

/** Writes down each module that was loaded by `import`, Node's own left out. */
const WATCH = `
import { writeFileSync } from "node:fs";
import { registerHooks } from "node:module";
const urls = new Set();
registerHooks({
  load(url, context, next) {
    if (!url.startsWith("node:")) urls.add(url);
    return next(url, context);
  },
});
process.on("exit", () => writeFileSync(process.env.LOADED_FILE, [...urls].join("\\n")));
`;
let machine: TemporaryHome;
let folder = "";

beforeAll(() => {
  machine = new TemporaryHome();
  folder = mkdtempSync(join(tmpdir(), "caum-loaded-"));
  writeFileSync(join(folder, "watch.mjs"), WATCH);
});

afterAll(() => {
  machine.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** The modules that a command loads, counted by their package. */
async function loadedBy(words: readonly string[]): Promise<Readonly<Record<string, number>>> {
  const file = join(folder, "loaded.txt");
  await machine.caum(words, {
    NODE_OPTIONS: `--import=${join(folder, "watch.mjs")}`,
    LOADED_FILE: file,
  });
  const counts: Record<string, number> = {};
  for (const url of readFileSync(file, "utf8").split("\n")) {
    const own = /\/packages\/([^/]+)\/(?!.*\/node_modules\/)/.exec(url)?.[1];
    const other = url
      .split("/node_modules/")
      .at(-1)
      ?.match(/^(?:@[^/]+\/)?[^/]+/)?.[0];
    const name = own === undefined ? (other ?? url) : `@caum/${own}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

test("caum --version loads no command", async () => {
  const { "@caum/cli": own, commander, ...others } = await loadedBy(["--version"]);
  expect(others).toEqual({});
  expect(own).toBeLessThanOrEqual(8);
  expect(commander).toBeLessThanOrEqual(8);
});

test("caum --help loads what declares the commands, and nothing that does their work", async () => {
  const { "@caum/cli": own, ...others } = await loadedBy(["--help"]);
  expect(Object.keys(others).sort()).toEqual(["@caum/histories", "commander"]);
  // One file declares one or a few commands.
  expect(own).toBeLessThanOrEqual(55);
});

const NAMES = (await createProgram()).commands.map((command) => command.name());

test("a command that is named loads what declares it, and no other", async () => {
  const { "@caum/cli": own, commander, ...others } = await loadedBy(["verify", "--help"]);
  expect(others).toEqual({});
  expect(own).toBeLessThanOrEqual(12);
  expect(commander).toBeLessThanOrEqual(8);
});

test.each([
  { words: ["status"], others: ["jsonc-parser", "smol-toml"], core: 35 },
  { words: ["install", "--dry-run"], others: ["jsonc-parser", "smol-toml"], core: 35 },
  { words: ["verify", "no-bundle", "--key", "none"], others: [], core: 65 },
  { words: ["keys"], others: [], core: 65 },
  { words: ["up", "--print-config"], others: [], core: 35 },
  { words: ["flush"], others: [], core: 190 },
])("caum $words loads of others $others", async ({ words, others, core }) => {
  const { "@caum/cli": _own, "@caum/core": ofCore, ...rest } = await loadedBy(words);
  expect(Object.keys(rest).sort()).toEqual(["commander", ...others]);
  expect(ofCore).toBeLessThanOrEqual(core);
});

test("a command that is named is declared by the module of its name", async () => {
  // One tells of all the others.
  for (const name of NAMES.filter((each) => each !== "completion")) {
    const program = await createProgram(name);
    expect(program.commands.map((command) => command.name())).toEqual([name]);
  }
});

test("a word that is no command finds all of them, so that a similar one can be named", async () => {
  const { code, stderr } = await machine.caum(["verfy"]);
  expect(code).toBe(2);
  expect(stderr).toContain("Did you mean verify?");
});
