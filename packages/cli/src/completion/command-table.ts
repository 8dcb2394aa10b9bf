/** Every command with its words, read from where help reads them. */
import type { Command } from "commander";

export interface CommandRow {
  /** As it is typed after `caum`; empty for `caum` itself. */
  readonly path: string;
  readonly about: string;
  readonly commands: readonly { readonly name: string; readonly about: string }[];
  readonly options: readonly OptionRow[];
}

export interface OptionRow {
  readonly flags: readonly string[];
  /** Whether a word must follow it. */
  readonly takesValue: boolean;
  readonly about: string;
}

export function commandTable(program: Command): readonly CommandRow[] {
  return rowsOf(program, "");
}

function rowsOf(command: Command, path: string): readonly CommandRow[] {
  const below = command.commands.map((each) => ({ each, name: each.name() }));
  const row = {
    path,
    about: command.description(),
    commands: below.map(({ each, name }) => ({ name, about: each.description() })),
    options: optionsOf(command),
  };
  const further = below.flatMap(({ each, name }) => rowsOf(each, `${path} ${name}`.trim()));
  return [row, ...further];
}

function optionsOf(command: Command): readonly OptionRow[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .map((option) => ({
      flags: [option.short, option.long].filter((flag) => flag !== undefined),
      takesValue: option.required,
      about: option.description,
    }));
}
