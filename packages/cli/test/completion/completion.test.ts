/** Words of `caum` in real shells, and pages of the manual in a real reader. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasTool } from "../../../../test/has-tool.ts";
import { commandTable } from "../../src/completion/command-table.ts";
import { manPages } from "../../src/completion/man-page.ts";
import { completionScript } from "../../src/completion/shell-script.ts";
import { createProgram } from "../../src/program.ts";
import { printedBy } from "../printed-by.ts";

const table = commandTable(await createProgram());
const folder = mkdtempSync(join(tmpdir(), "caum-words-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("the table has every command, and no word that a shell would read as another", () => {
  const paths = table.map(({ path }) => path);
  for (const path of ["", "up", "collector", "collector keys list", "hook drain", "completion"]) {
    expect(paths).toContain(path);
  }
  for (const { path, commands, options } of table) {
    const words = [path, ...commands.map(({ name }) => name), ...options.flatMap((o) => o.flags)];
    for (const word of words) expect(word).toMatch(/^[\w -]*$/);
    expect(
      options.some(({ flags }) => flags.includes("--help")),
      path,
    ).toBe(true);
  }
});

test("the command prints the same script, and the table as JSON", async () => {
  const printed = await printedBy(["completion", "bash"], {});
  expect(printed).toEqual({ code: 0, seen: completionScript("bash", table) });
  expect(JSON.parse((await printedBy(["completion", "--json"], {})).seen)).toEqual({
    commands: table,
  });
  for (const words of [["completion"], ["completion", "csh"]]) {
    expect(await printedBy(words, {})).toEqual({
      code: 2,
      seen: "caum completion: name one of bash, zsh, fish\n",
    });
  }
});

const CASES: readonly (readonly [line: string, offered: readonly string[]])[] = [
  ["caum coll", ["collector"]],
  ["caum collector ", [...namesBelow("collector"), "--help", "-h"]],
  ["caum collector keys re", ["revoke"]],
  ["caum collector backup --t", ["--to"]],
  ["caum up --port 1 --base", ["--base-path"]],
  // What an option takes is neither a word of ours, nor a command for what follows.
  ["caum up --data ", []],
  ["caum up --data collector --sh", ["--show-keys"]],
  ["caum verify --key keys --cont", ["--content"]],
  ["caum nothing-of-ours ", [...namesBelow(""), "--help", "--version", "-V", "-h"]],
];

function namesBelow(path: string): readonly string[] {
  return (table.find((row) => row.path === path)?.commands ?? []).map(({ name }) => name);
}

const bash = (script: string) => spawnSync("bash", ["--norc", "-c", script], { encoding: "utf8" });
const hasBash = hasTool(["bash", "--version"], "completion in bash");

describe.skipIf(!hasBash)("in bash", () => {
  const file = join(folder, "caum.bash");
  beforeAll(() => writeFileSync(file, completionScript("bash", table)));

  test.each(CASES)("%j", (line, offered) => {
    const words = line.split(" ");
    const asked = words.map((word) => `'${word}'`).join(" ");
    const { stdout, stderr } = bash(`set -u
      source '${file}'
      COMP_WORDS=(${asked}) COMP_CWORD=${words.length - 1}
      _caum caum
      if ((\${#COMPREPLY[@]} > 0)); then printf '%s\\n' "\${COMPREPLY[@]}"; fi`);
    expect(stderr).toBe("");
    const found = stdout.split("\n").filter((word) => word !== "");
    expect(found.toSorted()).toEqual([...offered].sort());
  });

  test("it is what bash itself calls for caum, and files fit where no word does", () => {
    const { stdout } = bash(`source '${file}'; complete -p caum`);
    expect(stdout).toBe("complete -o default -F _caum caum\n");
  });
});

const hasZsh = hasTool(["zsh", "--version"], "completion in zsh");

test.skipIf(!hasZsh)("zsh loads it without a word", () => {
  const file = join(folder, "caum.zsh");
  writeFileSync(file, completionScript("zsh", table));
  const { stdout, stderr } = spawnSync(
    "zsh",
    ["-f", "-c", `source '${file}'; echo $_comps[caum]`],
    {
      encoding: "utf8",
    },
  );
  expect({ stdout, stderr }).toEqual({ stdout: expect.stringContaining("caum"), stderr: "" });
});

const hasFish = hasTool(["fish", "--version"], "completion in fish");

test.skipIf(!hasFish).each(CASES.filter(([line]) => !line.endsWith(" ")))(
  "in fish: %j",
  (line, offered) => {
    const file = join(folder, "caum.fish");
    writeFileSync(file, completionScript("fish", table));
    const { stdout } = spawnSync("fish", ["-N", "-c", `source '${file}'; complete -C '${line}'`], {
      encoding: "utf8",
    });
    const found = stdout.split("\n").map((row) => row.split("\t")[0] ?? "");
    for (const word of offered) expect(found).toContain(word);
  },
);

const PAGES = manPages(await createProgram(), "1.2.3");

test("there is a page for every command, and each names the pages below it", () => {
  expect(PAGES.length).toBe(table.length);
  const files = PAGES.map(({ file }) => file);
  expect(new Set(files).size).toBe(files.length);
  for (const { text } of PAGES) {
    for (const [, name = ""] of text.matchAll(/^\\fB(caum[\w\\-]*)\\fR\(1\)$/gm)) {
      expect(files).toContain(`${name.replaceAll("\\-", "-")}.1`);
    }
  }
});

/** How some readers make a letter bold. */
const OVERSTRUCK = new RegExp(`.${String.fromCharCode(8)}`, "g");
const hasMan = hasTool(["man", "--version"], "pages of the manual");

test.skipIf(!hasMan)(
  "man shows each page without a warning, with every option and exit code",
  () => {
    for (const { file, text } of PAGES) {
      const path = join(folder, file);
      writeFileSync(path, text);
      const { stdout, stderr } = spawnSync("man", ["--warnings", "-l", path], {
        encoding: "utf8",
        env: { ...process.env, MANWIDTH: "120", LC_ALL: "C", MAN_KEEP_FORMATTING: "" },
      });
      expect(stderr, file).toBe("");
      const shown = stdout.replace(OVERSTRUCK, "");
      const row = table.find(
        ({ path: words }) =>
          `${["caum", ...words.split(" ")].filter(Boolean).join("-")}.1` === file,
      );
      for (const { flags } of row?.options ?? []) {
        for (const flag of flags) expect(shown, file).toContain(flag);
      }
      if (row?.commands.length === 0) expect(shown, file).toMatch(/exit codes: \d/);
    }
  },
);

test("the build puts the pages into the package", () => {
  const built = readdirSync(join(import.meta.dirname, "../../dist/man"));
  expect(built.toSorted()).toEqual(PAGES.map(({ file }) => file).toSorted());
});
