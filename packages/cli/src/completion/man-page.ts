/** Pages of the manual (man(7)), made of what help prints. */
import type { Command } from "commander";

export interface ManPage {
  /** Of the file: `caum-collector-backup.1`. */
  readonly file: string;
  readonly text: string;
}

/** Help is written to fit a terminal of this width. */
const WIDTH = 100;

/** @param program with all of its commands */
export function manPages(program: Command, version: string): readonly ManPage[] {
  return pagesOf(program, [], version);
}

function pagesOf(command: Command, above: readonly string[], version: string): readonly ManPage[] {
  const words = [...above, command.name()];
  const below = command.commands.flatMap((each) => pagesOf(each, words, version));
  return [{ file: `${words.join("-")}.1`, text: pageOf(command, words, version) }, ...below];
}

function pageOf(command: Command, words: readonly string[], version: string): string {
  const help = command.createHelp();
  help.helpWidth = WIDTH;
  const options = help
    .visibleOptions(command)
    .flatMap((option) => [
      ".TP",
      `\\fB${escaped(option.flags)}\\fR`,
      escaped(help.optionDescription(option)),
    ]);
  const named = command.registeredArguments.flatMap((argument) => [
    ".TP",
    `\\fI${escaped(argument.name())}\\fR`,
    escaped(help.argumentDescription(argument)),
  ]);
  const pages = command.commands.flatMap((each) => [
    ".TP",
    `\\fB${escaped([...words, each.name()].join("-"))}\\fR(1)`,
    escaped(each.description()),
  ]);
  const text = moreOf(command);
  return `${[
    `.TH "${words.join("-").toUpperCase()}" 1 "" "CAUM ${version}" "CAUM"`,
    ".SH NAME",
    `${escaped(words.join("-"))} \\- ${escaped(command.description())}`,
    ".SH SYNOPSIS",
    `\\fB${escaped(words.join(" "))}\\fR ${escaped(command.usage())}`,
    ...section("ARGUMENTS", named),
    ...section("OPTIONS", options),
    ...section("COMMANDS", pages),
    ...section("MORE", text === "" ? [] : [".nf", ...text.split("\n").map(escaped), ".fi"]),
  ].join("\n")}\n`;
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`.SH ${title}`, ...lines];
}

/** What stands behind the options in help: how to use it, examples, exit codes. */
function moreOf(command: Command): string {
  let whole = "";
  command.configureOutput({ writeOut: (part) => (whole += part), getOutHelpWidth: () => WIDTH });
  command.outputHelp();
  const plain = command.createHelp();
  plain.helpWidth = WIDTH;
  return whole.slice(plain.formatHelp(command, plain).length).trim();
}

/** A line as it is: no escape of roff, no hyphen that may be broken, no request at its start. */
function escaped(line: string): string {
  const text = line.replaceAll("\\", "\\e").replaceAll("-", "\\-");
  return /^[.']/.test(text) ? `\\&${text}` : text;
}
