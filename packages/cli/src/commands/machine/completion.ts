import type { Command } from "commander";
import { jsonOption } from "../../options/declare.ts";
import { orRefuse } from "../../options/refuse.ts";
import { say, sayJson } from "../../terminal/say.ts";

const ABOUT = `
Prints what the shell loads to complete commands and options. It asks nobody, and holds the words of
this version: load it anew after an update.

examples:
  source <(caum completion bash)                     for this shell; in ~/.bashrc for every one
  caum completion zsh > ~/.zsh/caum.zsh              and: source ~/.zsh/caum.zsh, in ~/.zshrc
  caum completion fish > ~/.config/fish/completions/caum.fish
  caum completion --json                             the commands and options, for other programs

exit codes: 0 printed, 2 there is no such shell`;

/** A copy: what declares a command loads nothing that does its work. */
const SHELLS = ["bash", "zsh", "fish"];

interface Flags {
  readonly json?: boolean;
}

/** @param program with every command in it */
export function registerCompletion(program: Command): void {
  program
    .command("completion")
    .description("print what bash, zsh or fish loads to complete commands and options")
    .argument("[shell]", SHELLS.join(", "))
    .addOption(jsonOption())
    .addHelpText("after", ABOUT)
    .action((shell: string | undefined, flags: Flags) => print(program, shell, flags));
}

function print(program: Command, name: string | undefined, { json }: Flags): Promise<void> {
  return orRefuse("completion", async () => {
    const { commandTable } = await import("../../completion/command-table.ts");
    const { completionScript, SHELLS: known } = await import("../../completion/shell-script.ts");
    const table = commandTable(program);
    if (json) return sayJson({ commands: table });
    const shell = known.find((each) => each === name);
    if (shell === undefined) throw new Error(`name one of ${SHELLS.join(", ")}`);
    say(completionScript(shell, table).trimEnd().split("\n"));
  });
}
