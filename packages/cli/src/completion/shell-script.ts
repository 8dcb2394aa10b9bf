/** What shells load to complete the words of `caum`. */
import type { CommandRow } from "./command-table.ts";

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

export function completionScript(shell: Shell, table: readonly CommandRow[]): string {
  if (shell === "fish") return fishScript(table);
  // zsh reads functions that were written for bash.
  const before = "autoload -Uz compinit && compinit\nautoload -Uz bashcompinit && bashcompinit\n";
  return `${shell === "zsh" ? before : ""}${bashScript(table)}`;
}

/** Also for the bash 3.2 of macOS. No word holds a quote or a blank; a test holds that. */
function bashScript(table: readonly CommandRow[]): string {
  const cases = table.map(({ path, commands, options }) => {
    const words = [...commands.map(({ name }) => name), ...options.flatMap(({ flags }) => flags)];
    return `    "${path}") words="${words.join(" ")}" values=" ${valuesOf(options).join(" ")} " ;;`;
  });
  return `# Completion of caum for bash: source it, or put it where bash-completion looks.
_caum_words() {
  case "$1" in
${cases.join("\n")}
    *) return 1 ;;
  esac
}

_caum() {
  local word="\${COMP_WORDS[COMP_CWORD]}" path="" before="" words values at each
  _caum_words ""
  for ((at = 1; at < COMP_CWORD; at++)); do
    each="\${COMP_WORDS[at]}"
    case "$values" in
      # What an option takes is no command.
      *" \${before:-none} "*) before="" ;;
      *)
        before="$each"
        if _caum_words "\${path:+$path }$each"; then path="\${path:+$path }$each"; fi
        ;;
    esac
  done
  COMPREPLY=()
  case "$values" in
    *" \${before:-none} "*) ;;
    *) COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
  esac
}

# Where none of our words fits, a file may.
complete -o default -F _caum caum
`;
}

function valuesOf(options: CommandRow["options"]): readonly string[] {
  return options.filter(({ takesValue }) => takesValue).flatMap(({ flags }) => flags);
}

function fishScript(table: readonly CommandRow[]): string {
  const paths = table.map(({ path }) => path).filter((path) => path !== "");
  const lines = table.flatMap(({ path, commands, options }) => {
    const here = `complete -c caum -n ${fishWord(`__caum_at ${fishWord(path)}`)}`;
    return [
      ...commands.map(({ name, about }) => `${here} -f -a ${name} -d ${fishWord(about)}`),
      ...options.map(({ flags, takesValue, about }) => {
        const names = flags.map((flag) =>
          flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
        );
        return [here, ...names, ...(takesValue ? ["-r"] : []), "-d", fishWord(about)].join(" ");
      }),
    ];
  });
  return `# Completion of caum for fish: ~/.config/fish/completions/caum.fish
function __caum_at --description 'whether the words so far are this command'
    set -l known ${paths.map(fishWord).join(" ")}
    set -l path
    for word in (commandline -opc)[2..]
        set -l longer (string join ' ' $path $word)
        contains -- $longer $known; and set path $longer
    end
    test "$path" = "$argv[1]"
end

${lines.join("\n")}
`;
}

function fishWord(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
