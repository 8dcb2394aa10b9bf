import type { Op } from "./record.ts";
import { opOfCommand } from "./shell/command.ts";
import { readField } from "./walk/data-property.ts";

/** What a tool server says of a tool (MCP tool annotations). */
export interface ToolAnnotations {
  readonly readOnlyHint?: boolean;
  readonly destructiveHint?: boolean;
}

/** A tool name longer than this is read no further. */
const MAX_NAME_LENGTH = 256;

/** Words that decide wherever they stand in a tool name. */
const STRONG: ReadonlyMap<string, Op> = table({
  plan: "think thinking thought todo todos plan planning reason reasoning reflect reflection",
  vcs: "git",
  test: "pytest jest vitest lint linter typecheck",
  wait: "sleep wait poll",
  install: "install pip",
  end: "submit finish handoff",
});

/** Words of which the first in the name decides. */
const WORDS: ReadonlyMap<string, Op> = table({
  read: "read get open view cat show load describe inspect scroll goto head tail print status stat info details browse snapshot screenshot query select watch count check peek preview retrieve diff recall navigate history blame logs log",
  search:
    "search find grep rg glob list ls locate lookup dir directory tree explore discover scan enumerate",
  write:
    "write edit create update delete remove rm add insert put patch post send modify cancel book rename move copy mv cp mkdir touch upload publish replace append save comment reply assign return exchange pay order apply store upsert drop set close archive enable disable approve undo restore change click type fill press drag generate submit make draft reset clear import export schedule purchase transfer",
  test: "test tests verify validate",
  run: "run execute exec eval evaluate python node code calculate compute calculator invoke start launch repl notebook bash shell sh terminal powershell cmd console command process build compile sql call spawn kill stop restart deploy",
  vcs: "commit push pull branch checkout rebase merge clone stash",
  install: "uninstall upgrade dependencies",
  net: "fetch http https curl wget request url web browser download ping api",
  wait: "pause delay await",
  plan: "note remember",
  end: "done end complete exit terminate final",
});

/** Words of a tool that takes a shell command. */
const SHELL_WORDS = new Set(
  "bash shell sh zsh terminal powershell pwsh cmd console command commands exec execute run".split(
    " ",
  ),
);
const COMMAND_FIELDS = ["command", "cmd", "script", "code", "commands", "input"] as const;

const MCP_METHODS: ReadonlyMap<string, Op> = table({
  read: "resources/read prompts/get tools/list resources/list resources/templates/list prompts/list",
  wait: "elicitation/create tasks/get tasks/result",
  plan: "sampling/createMessage",
});

function table(words: { readonly [op in Op]?: string }): ReadonlyMap<string, Op> {
  const pairs = Object.entries(words) as [Op, string][]; // The keys are those of the type above.
  return new Map(pairs.flatMap(([op, list]) => list.split(" ").map((word) => [word, op] as const)));
}

/**
 * Which of a closed list of operations a call is.
 *
 * Read from the tool name, from the first program of a shell command, and from the hints of the tool
 * server. Only the answer is kept, none of the words.
 */
export function opOf(toolName: string, args?: unknown, annotations?: ToolAnnotations): Op {
  if (toolName.startsWith("mcp:")) return MCP_METHODS.get(toolName.slice(4)) ?? "other";
  const words = wordsOf(toolName.slice(0, MAX_NAME_LENGTH));
  const command = words.some((word) => SHELL_WORDS.has(word)) ? commandOf(args) : undefined;
  if (command !== undefined) {
    return (
      opOfCommand(command) ?? (words.includes("bash") ? "other" : (opOfWords(words) ?? "other"))
    );
  }
  return withHints(opOfWords(words) ?? "other", annotations);
}

/** A hint corrects what the name suggests, never what it says more exactly. */
function withHints(op: Op, annotations: ToolAnnotations | undefined): Op {
  if (readField(annotations, "readOnlyHint") === true) {
    return op === "write" || op === "other" || op === "run" ? "read" : op;
  }
  if (readField(annotations, "destructiveHint") === true) {
    return op === "read" || op === "other" || op === "search" ? "write" : op;
  }
  return op;
}

function opOfWords(words: readonly string[]): Op | undefined {
  for (const word of words) {
    const op = STRONG.get(word);
    if (op !== undefined) return op;
  }
  let first: Op | undefined;
  for (const word of words) {
    const op = WORDS.get(word);
    first ??= op;
    if (first === "run" && op === "test") return "test";
  }
  return first;
}

/** The words of `server__readFile`, `read-file`, `fs.read_file`: lower case, without the server. */
function wordsOf(name: string): readonly string[] {
  const separator = name.lastIndexOf("__");
  const own = separator > 0 && separator + 2 < name.length ? name.slice(separator + 2) : name;
  const words: string[] = [];
  let word = "";
  for (const character of own) {
    const isLetter = /[A-Za-z]/.test(character);
    const isBoundary = !isLetter || (isUpper(character) && !isUpper(word.at(-1) ?? "A"));
    if (isBoundary && word !== "") {
      words.push(word.toLowerCase());
      word = "";
    }
    if (isLetter) word += character;
  }
  return word === "" ? words : [...words, word.toLowerCase()];
}

function isUpper(character: string): boolean {
  return character >= "A" && character <= "Z";
}

function commandOf(args: unknown): string | undefined {
  if (typeof args === "string") return args;
  for (const field of COMMAND_FIELDS) {
    const value = readField(args, field);
    if (typeof value === "string") return value;
    if (Array.isArray(value)) return commandOfList(value);
  }
  return undefined;
}

/** `["bash", "-lc", "script"]`: joined as a shell would read it. */
function commandOfList(list: readonly unknown[]): string {
  const words: string[] = [];
  for (let index = 0; index < Math.min(list.length, 16); index++) {
    const word = readField(list, `${index}`);
    if (typeof word === "string") words.push(`'${word.replaceAll("'", "")}'`);
  }
  return words.join(" ");
}
