import type { Op } from "../record.ts";
import { ProgramReader } from "./programs.ts";
import { wordTable } from "./word-table.ts";

/** As much of a command as is looked at. */
const MAX_COMMAND_LENGTH = 4_096;
/** Programs that only prepare are passed over, so many at most. */
const MAX_PROGRAMS = 16;

/** Programs whose name alone tells what they do. */
const PROGRAMS: ReadonlyMap<string, Op> = wordTable({
  read: "cat head tail less more wc stat file diff cmp nl od xxd hexdump strings jq yq awk cut sort uniq sed bat date env id whoami uname df du ps top free uptime printenv md5sum sha256sum lsof",
  search: "grep egrep fgrep rg ag ack find fd ls dir tree locate which whereis type get-childitem",
  write:
    "rm rmdir mv cp mkdir touch chmod chown ln tee patch dd truncate tar zip unzip gzip gunzip rsync install kill pkill killall apply_patch edit",
  test: "pytest tox nox jest vitest mocha ava phpunit rspec ctest eslint ruff flake8 mypy pylint tsc biome shellcheck",
  run: "python python3 python2 node deno bun ruby perl php java bash sh zsh make cmake ninja gcc g++ clang rustc gradle mvn docker podman kubectl terraform psql mysql sqlite3 Rscript ipython ts-node tsx dotnet swift",
  vcs: "git gh hg svn jj",
  install: "pip pip3 pipx apt apt-get apk yum dnf brew conda mamba gem composer choco winget",
  net: "curl wget ssh scp sftp ping nc ncat telnet dig nslookup host ftp http",
  wait: "sleep wait watch squeue sacct qstat bjobs",
  end: "submit",
});

/** Programs of which the first plain word behind tells more. */
const SUBCOMMANDS: ReadonlyMap<string, ReadonlyMap<string, Op>> = new Map(
  Object.entries({
    npm: wordTable({
      test: "test t",
      install: "install i ci add",
      run: "run start exec x",
      read: "ls view",
    }),
    yarn: wordTable({ test: "test", install: "install add", run: "run start build" }),
    pnpm: wordTable({ test: "test t", install: "install i add", run: "run start exec build" }),
    npx: wordTable({ test: "jest vitest mocha tsc eslint biome" }),
    bun: wordTable({ test: "test", install: "install add" }),
    cargo: wordTable({
      test: "test check clippy nextest",
      run: "run build",
      install: "install add",
    }),
    go: wordTable({ test: "test vet", run: "run build", install: "get install mod" }),
    mvn: wordTable({ test: "test verify", run: "package compile", install: "install" }),
    gradle: wordTable({ test: "test check" }),
    make: wordTable({ test: "test tests check lint", install: "install" }),
    uv: wordTable({ install: "pip add sync", run: "run" }),
    poetry: wordTable({ install: "install add", run: "run" }),
    dotnet: wordTable({ test: "test", install: "restore add" }),
    python: wordTable({ test: "pytest unittest", install: "pip" }),
    pip: wordTable({ read: "list show freeze" }),
    apt: wordTable({ search: "search list show" }),
  }),
);

/** What programs are told when they only say how something that runs elsewhere stands. */
const ASKS_HOW_IT_STANDS: ReadonlyMap<string, RegExp> = new Map([
  ["gh", /\b(?:run (?:view|watch|list)|pr (?:checks|status))\b/],
  ["glab", /\bci (?:status|view|list)\b/],
  ["kubectl", /\b(?:get|describe|logs|top|rollout|wait)\b/],
  ["oc", /\b(?:get|describe|logs|rollout|wait)\b/],
  ["docker", /\b(?:ps|logs|stats|wait|top)\b/],
  ["aws", /\b(?:describe|wait|get|head)(?:-|\b)/],
  ["az", /\b(?:show|wait|list)\b/],
  ["gcloud", /\b(?:describe|wait|list)\b/],
  ["helm", /\b(?:status|history)\b/],
  ["systemctl", /\b(?:status|is-active)\b/],
]);

const ALIASES: ReadonlyMap<string, string> = new Map([
  ["python3", "python"],
  ["python2", "python"],
  ["pip3", "pip"],
  ["apt-get", "apt"],
  ["gradlew", "gradle"],
  ["mvnw", "mvn"],
]);

/** Words before the program, or whole commands that only prepare the next one. */
const PREFIXES = new Set(
  "sudo doas env time nohup nice ionice exec command builtin stdbuf xargs then do else if while until ! { (".split(
    " ",
  ),
);
const PREPARATIONS = new Set(
  "cd pushd popd export set unset source . alias echo printf true : pwd ulimit umask clear test [ exit".split(
    " ",
  ),
);
/** Options of `sudo` and the like that take a word of their own. */
const USER_OPTIONS = new Set(["-u", "-g", "--user", "--group"]);
/** Prefixes that take one plain word of their own. */
const WITH_OPERAND = new Set(["timeout", "flock", "chroot"]);
/** Programs whose output into a file is what they are for. */
const WRITERS = new Set(["cat", "echo", "printf"]);
const SHELLS = new Set(["bash", "sh", "zsh", "dash", "ksh", "fish", "pwsh", "powershell", "cmd"]);

/**
 * What a shell command does, by its first program that does more than prepare.
 *
 * @returns undefined when no word of it is known
 */
export function opOfCommand(command: string): Op | undefined {
  const programs = new ProgramReader(command.slice(0, MAX_COMMAND_LENGTH));
  let fallback: Op | undefined;
  for (let count = 0; count < MAX_PROGRAMS; count++) {
    const program = programs.next();
    if (program === undefined) break;
    const words = withoutPrefixes(program.words);
    const name = baseName(words[0] ?? "");
    if (program.hasOutputFile && WRITERS.has(name)) return "write";
    if (name === "" || PREPARATIONS.has(name)) {
      fallback ??= name === "" ? undefined : "other";
      continue;
    }
    return opOfProgram(name, words) ?? fallback;
  }
  return fallback;
}

function opOfProgram(name: string, words: readonly string[]): Op | undefined {
  if (ASKS_HOW_IT_STANDS.get(name)?.test(words.slice(1).join(" "))) return "wait";
  if (SHELLS.has(name)) return opOfShell(words);
  if (name === "sed" || name === "perl") {
    const editsInPlace = words.some((word) => word.startsWith("-i") || word === "--in-place");
    if (editsInPlace) return "write";
  }
  if (name === "find" && words.includes("-delete")) return "write";
  const known = ALIASES.get(name) ?? name;
  const next = subcommandOf(known, words);
  const op = SUBCOMMANDS.get(known)?.get(next) ?? PROGRAMS.get(name) ?? PROGRAMS.get(known);
  if (op !== undefined) return op;
  if (SUBCOMMANDS.has(known)) return "run";
  return isPath(words[0] ?? "") ? "run" : undefined;
}

/** `bash -c "script"` is the script; `bash file` runs it. */
function opOfShell(words: readonly string[]): Op {
  const flag = words.findIndex((word) => word.startsWith("-") && word.endsWith("c"));
  const script = flag < 0 ? undefined : words[flag + 1];
  return (script === undefined ? undefined : opOfCommand(script)) ?? "run";
}

function subcommandOf(name: string, words: readonly string[]): string {
  if (name === "python") {
    const module = words.indexOf("-m");
    return module < 0 ? "" : (words[module + 1] ?? "");
  }
  const plain = words.slice(1).filter((word) => !word.startsWith("-"));
  const [first = "", second = ""] = plain;
  const runsTest = first === "run" && /^(test|lint|check|typecheck)/.test(second);
  return runsTest ? "test" : first;
}

function isPath(word: string): boolean {
  return word.startsWith("./") || word.startsWith("/") || word.startsWith("../");
}

function baseName(word: string): string {
  const name = word.slice(word.lastIndexOf("/") + 1);
  return name.endsWith(".exe") ? name.slice(0, -4) : name;
}

function withoutPrefixes(words: readonly string[]): readonly string[] {
  let at = 0;
  while (at < words.length) {
    const word = words[at] ?? "";
    if (WITH_OPERAND.has(word)) at += 1 + operandOffset(words, at + 1);
    else if (PREFIXES.has(word) || isAssignment(word)) at += 1;
    else if (at > 0 && USER_OPTIONS.has(word)) at += 2;
    else if (at > 0 && word.startsWith("-")) at += 1;
    else break;
  }
  return words.slice(at);
}

/** How many words the options and the operand of `timeout -k 5 10` take. */
function operandOffset(words: readonly string[], from: number): number {
  let at = from;
  while (words[at]?.startsWith("-")) at += 1;
  while (/^[0-9.]+[smhd]?$/.test(words[at] ?? "")) at += 1;
  return Math.max(1, at - from);
}

function isAssignment(word: string): boolean {
  const equals = word.indexOf("=");
  return equals > 0 && /^[A-Za-z_][A-Za-z0-9_]*$/.test(word.slice(0, equals));
}
