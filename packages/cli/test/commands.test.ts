/** What is promised of every command, and the document that lists them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { expect, test } from "vitest";
import { EXIT_CODE } from "../src/options/exit-code.ts";
import { createProgram } from "../src/program.ts";

const DOCUMENT = join(import.meta.dirname, "../../../docs/commands.md");
const MARKER = "<!-- From here on rendered from the commands: run this test with -u. -->";
/** They speak a protocol of their own on standard output. */
const WITHOUT_JSON = ["caum hook", "caum mcp"];
/** Any terminal gets this width; the document as well. */
const WIDTH = 100;

interface Listed {
  readonly name: string;
  readonly command: Command;
}

/** Every command that does something, with its whole name. */
function listed(command: Command, before = ""): readonly Listed[] {
  const name = `${before}${command.name()}`;
  const below = command.commands.flatMap((one) => listed(one, `${name} `));
  const doesSomething = below.length === 0 || command.registeredArguments.length > 0;
  return doesSomething ? [{ name, command }, ...below] : below;
}

function helpOf(command: Command): string {
  let text = "";
  command
    .configureOutput({ writeOut: (part) => (text += part), getOutHelpWidth: () => WIDTH })
    .outputHelp();
  return text.trimEnd();
}

const COMMANDS = listed(await createProgram());

test.each(COMMANDS)("$name has examples, exit codes and --json", ({ name, command }) => {
  const help = helpOf(command);
  expect(help).toMatch(/^examples\b.*:$/m);
  expect(help).toMatch(/^exit codes: \d/m);
  const hasJson = command.options.some(({ long }) => long === "--json");
  expect(hasJson).toBe(!WITHOUT_JSON.includes(name));
  for (const line of help.split("\n")) expect(line.length).toBeLessThanOrEqual(110);
});

/** Commands that end in more ways than all others; docs/commands.md says so. */
const MORE_EXIT_CODES: Readonly<Record<string, readonly number[]>> = {
  "caum flush": [EXIT_CODE.damaged],
  "caum verify": [3, 4, 5, 6, 10, 11, 12, 13],
};

test.each(COMMANDS)("$name says no exit codes but those of all commands", ({ name, command }) => {
  const [, told = ""] = /^exit codes: (.*)/ms.exec(helpOf(command)) ?? [];
  const codes = [...told.matchAll(/(?<![\w-])(\d+) [a-z]/g)].map(([, code]) => Number(code));
  const known = [0, EXIT_CODE.found, EXIT_CODE.notDone, ...(MORE_EXIT_CODES[name] ?? [])];
  expect(codes.length).toBeGreaterThan(0);
  for (const code of codes) expect(known).toContain(code);
});

test("what many commands share is declared, refused and ended in one place", () => {
  const source = join(import.meta.dirname, "../src");
  const texts = readdirSync(source, { recursive: true, encoding: "utf8" })
    .filter((file) => /^(?:commands|program|main)\b/.test(file) && file.endsWith(".ts"))
    .map((file) => ({ file, text: readFileSync(join(source, file), "utf8") }));
  const shared = /"--(?:json|home <folder>|key <key>|url <url>)", *"(.*)"/g;
  const declared = texts.flatMap(({ file, text }) =>
    [...text.matchAll(shared)].map(([, about]) => `${file}: ${about}`),
  );
  // Keeps an address, and asks nobody.
  const own = "commands/machine/install.ts: collector to send to; kept in CAUM_HOME/config.json";
  expect(declared).toEqual([own]);
  const endings = texts.filter(({ text }) => /exitCode = \d|exitCode = [A-Z_]+;/.test(text));
  expect(endings.map(({ file }) => file)).toEqual(["main.ts"]);
});

test("docs/commands.md lists every command and option as it is registered", async () => {
  const [introduction = ""] = readFileSync(DOCUMENT, "utf8").split(MARKER);
  const rows = COMMANDS.map(
    ({ name, command }) =>
      `| [\`${name}\`](#${name.replaceAll(" ", "-")}) | ${command.description()} |`,
  );
  const sections = COMMANDS.map(
    ({ name, command }) => `## ${name}\n\n\`\`\`text\n${helpOf(command)}\n\`\`\`\n`,
  );
  const table = ["| command | what it does |", "|---|---|", ...rows].join("\n");
  await expect(
    `${introduction}${MARKER}\n\n${table}\n\n${sections.join("\n")}`,
  ).toMatchFileSnapshot(DOCUMENT);
});
