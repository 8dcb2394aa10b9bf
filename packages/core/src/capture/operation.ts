import { KnownTexts } from "./known-texts.ts";
import type { Op } from "./record.ts";
import { opOfCommand } from "./shell/command.ts";
import { opOfStatement } from "./shell/statement.ts";
import { wordTable } from "./shell/word-table.ts";
import { readField } from "./walk/data-property.ts";

/** What a tool server says of a tool (MCP tool annotations). */
export interface ToolAnnotations {
  readonly readOnlyHint?: boolean;
  readonly destructiveHint?: boolean;
}

/** A tool name longer than this is read no further. */
const MAX_NAME_LENGTH = 256;

/** Whole names, or their first two words, that mean something else than their parts. */
const NAMES: ReadonlyMap<string, Op> = new Map([
  ["submit", "end"],
  ["transfer to", "end"],
  ["transfer back", "end"],
  ["hand off", "end"],
  ["hand over", "end"],
  ["plan", "plan"],
  ["update plan", "plan"],
  ["create plan", "plan"],
  ["move", "act"],
  ["page down", "act"],
  ["page up", "act"],
  ["send keys", "act"],
  ["send input", "act"],
]);

/** Words that decide wherever they stand in a tool name. */
const STRONG = wordTable({
  plan: "think thinking thought todo todos planning reason reasoning reflect reflection",
  vcs: "git",
  test: "pytest jest vitest lint linter typecheck",
  wait: "sleep wait poll",
  install: "install pip",
  act: "stdin mouse cursor keyboard north south east west",
  end: "finish handoff handover escalate delegate",
});

/** Words of which the first in the name decides. */
const VERBS = wordTable({
  read: "read get open view cat show load describe inspect snapshot screenshot scroll goto head tail print browse query select watch count check peek preview retrieve diff recall navigate",
  search: "search find grep rg list ls locate lookup explore discover scan enumerate",
  write:
    "write edit create update delete remove rm add insert put patch post send modify cancel book rename move copy mv cp mkdir touch upload publish replace save comment reply assign return exchange pay order apply store upsert drop set close archive enable disable approve undo restore change generate make draft reset clear import export schedule purchase transfer submit label annotate tag mark flag",
  act: "click tap press type fill drag swipe hover go walk turn step act next previous append",
  test: "test tests verify validate",
  run: "run execute exec eval evaluate calculate compute invoke start launch build compile call spawn kill stop restart deploy",
  vcs: "commit push pull checkout rebase merge clone stash",
  install: "uninstall upgrade",
  net: "fetch curl wget request download ping",
  wait: "pause delay await",
  plan: "note remember",
  end: "done end complete exit terminate final",
});

/** Words that decide in a name without a verb. */
const NOUNS = wordTable({
  act: "up down left right",
  read: "status stat info details history blame logs log",
  search: "glob dir directory tree",
  run: "python node code calculator repl notebook bash shell sh terminal powershell cmd console command process",
  vcs: "branch",
  install: "dependencies",
  net: "http https web browser url",
});

/** Words of tools that take a shell command, and of those that take a database statement. */
const SHELL_WORDS = wordSet(
  "bash shell sh zsh terminal powershell pwsh cmd console command commands exec execute run",
);
const DATABASE_WORDS = wordSet("sql query database db postgres postgresql mysql sqlite");

/** Words of what runs on by itself: to look at it is to wait for it. */
const WATCHED_WORDS = wordSet("status progress ready health checks output");
/** Operations that do not become a wait by such a word. */
const DOING: ReadonlySet<Op | undefined> = new Set<Op>(["write", "vcs", "test", "plan", "end"]);

/** Arguments that are typed into what runs. */
const INPUT_FIELDS = ["chars", "input", "text", "keys", "data"];
const COMMAND_FIELDS = ["command", "cmd", "script", "code", "commands", "input"];
const STATEMENT_FIELDS = ["query", "sql", "statement"];

/** Words of a command given as a list that are looked at. */
const MAX_COMMAND_WORDS = 16;

const MCP_METHODS = wordTable({
  read: "resources/read prompts/get tools/list resources/list resources/templates/list prompts/list",
  wait: "elicitation/create tasks/get tasks/result",
  plan: "sampling/createMessage",
});

/**
 * Which of a closed list of operations a call is.
 *
 * Read from the tool name, from the first program of a shell command or the first word of a database
 * statement, and from the hints of the tool server. Only the answer is kept, none of the words.
 */
export function opOf(toolName: string, args?: unknown, annotations?: ToolAnnotations): Op {
  if (toolName.startsWith("mcp:")) return MCP_METHODS.get(toolName.slice(4)) ?? "other";
  const { words, op } = READ_NAMES.of(toolName, readName);
  return opOfText(words, args) ?? withHints(op, annotations);
}

/** What the name of a tool says. */
interface ReadName {
  readonly words: readonly string[];
  readonly op: Op;
}

const READ_NAMES = new KnownTexts<ReadName>();

function readName(toolName: string): ReadName {
  const words = wordsOf(toolName.slice(0, MAX_NAME_LENGTH));
  return { words, op: opOfWords(words) ?? "other" };
}

/** To say nothing to what runs is to wait for what it says. */
function saysNothing(words: readonly string[], args: unknown): boolean {
  return words.includes("stdin") && textIn(args, INPUT_FIELDS) === "";
}

/** What the command or the statement in the arguments does; undefined when there is none. */
function opOfText(words: readonly string[], args: unknown): Op | undefined {
  if (saysNothing(words, args)) return "wait";
  if (words.some((word) => SHELL_WORDS.has(word))) {
    const command = textIn(args, COMMAND_FIELDS);
    if (command?.trim() === "") return "wait";
    const op = command === undefined ? undefined : opOfCommand(command);
    // A shell runs whatever it is given: what cannot be told is not `run`.
    return op ?? (command !== undefined && words.includes("bash") ? "other" : undefined);
  }
  if (!words.some((word) => DATABASE_WORDS.has(word))) return undefined;
  const statement = textIn(args, STATEMENT_FIELDS);
  return statement === undefined ? undefined : opOfStatement(statement);
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
  const known =
    NAMES.get(words.slice(0, 2).join(" ")) ?? NAMES.get(words.join(" ")) ?? firstIn(STRONG, words);
  if (known !== undefined) return known;
  const verb = firstIn(VERBS, words);
  if (words.some((word) => WATCHED_WORDS.has(word)) && !DOING.has(verb)) return "wait";
  if (verb === "run" && words.some((word) => VERBS.get(word) === "test")) return "test";
  return verb ?? firstIn(NOUNS, words);
}

function firstIn(table: ReadonlyMap<string, Op>, words: readonly string[]): Op | undefined {
  for (const word of words) {
    const op = table.get(word);
    if (op !== undefined) return op;
  }
  return undefined;
}

/** The words of `server__readFile`, `read-file`, `fs.read_file`: lower case, without the server. */
function wordsOf(name: string): readonly string[] {
  const separator = name.lastIndexOf("__");
  const own = separator > 0 && separator + 2 < name.length ? name.slice(separator + 2) : name;
  const words: string[] = [];
  let word = "";
  let wasUpper = true;
  for (const character of own) {
    const isUpper = character >= "A" && character <= "Z";
    const isLetter = isUpper || (character >= "a" && character <= "z");
    if (word !== "" && (!isLetter || (isUpper && !wasUpper))) {
      words.push(word.toLowerCase());
      word = "";
    }
    if (isLetter) word += character;
    wasUpper = isUpper;
  }
  return word === "" ? words : [...words, word.toLowerCase()];
}

function textIn(args: unknown, fields: readonly string[]): string | undefined {
  if (typeof args === "string") return args;
  for (const field of fields) {
    const value = readField(args, field);
    if (typeof value === "string") return value;
    const words = textOfList(value);
    if (words !== "") return words;
  }
  return undefined;
}

/** `["bash", "-lc", "script"]`: joined as a shell would read it. */
function textOfList(list: unknown): string {
  const words: string[] = [];
  for (let index = 0; index < MAX_COMMAND_WORDS; index++) {
    const word = readField(list, index);
    if (typeof word !== "string") break;
    words.push(`'${word.slice(0, 1_024).replaceAll("'", " ")}'`);
  }
  return words.join(" ");
}

function wordSet(words: string): ReadonlySet<string> {
  return new Set(words.split(" "));
}
