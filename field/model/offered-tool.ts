/** Finds, among the tools that a client offers, the one for a scripted call, and fills its input. */
import { CANARY, FILE, type ScriptedCall } from "../script.ts";

export interface OfferedTool {
  readonly name: string;
  /** JSON schema of the input. */
  readonly schema: unknown;
}

/** How tools and files are named where the client works. */
export interface ToolNames {
  /** Where the client works. */
  readonly folder: string;
  /** The name of an MCP tool in a client that does not offer it before it was looked for. */
  readonly hidden?: ((tool: string) => string) | undefined;
}

export interface ModelCall {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** Names under which clients offer a shell and an edit of a text in a file. */
const SHELLS =
  "Bash bash shell shell_command exec_command run_shell_command run_terminal_command run_commands execute_command".split(
    " ",
  );
const EDITS = "Edit edit replace str_replace edit_file replace_in_file editor".split(" ");

/** Values for members by name; other required members get something of their type. */
function valuesFor(call: ScriptedCall, folder: string): Readonly<Record<string, unknown>> {
  if (call.kind === "mcp") return call.input;
  if (call.kind === "shell")
    return { command: call.command, cmd: call.command, commands: [call.command] };
  const path = `${folder}/${FILE}`;
  const [old, replacement] = [`not there ${CANARY}`, `new ${CANARY}`];
  return {
    file_path: path,
    filePath: path,
    filepath: path,
    path,
    old_string: old,
    oldString: old,
    old_str: old,
    old_text: old,
    new_string: replacement,
    newString: replacement,
    new_str: replacement,
    new_text: replacement,
    replace_all: false,
    command: "str_replace",
  };
}

/** @returns undefined when the client offers nothing of this kind */
export function callFor(
  scripted: ScriptedCall,
  tools: readonly OfferedTool[],
  { folder, hidden }: ToolNames,
): ModelCall | undefined {
  const tool = tools.find(({ name }) => isFor(scripted, name));
  if (!tool) {
    if (scripted.kind !== "mcp" || !hidden) return undefined;
    return { name: hidden(scripted.tool), input: scripted.input };
  }
  const values = valuesFor(scripted, folder);
  const { properties = {}, required = [] } = schemaOf(tool.schema);
  const input: Record<string, unknown> = {};
  for (const name of Object.keys(properties)) {
    const type = schemaOf(properties[name]).type;
    if (name in values) input[name] = fitted(values[name], type);
    else if (required.includes(name)) input[name] = anyOf(type);
  }
  return { name: tool.name, input: scripted.kind === "mcp" ? { ...input, ...values } : input };
}

function isFor(scripted: ScriptedCall, name: string): boolean {
  if (scripted.kind === "shell") return SHELLS.includes(name);
  if (scripted.kind === "failing_edit") return EDITS.includes(name);
  return new RegExp(`(^|[^a-z])${scripted.tool}$`, "i").test(name);
}

/** Some clients take a command as words, or as a list of commands. */
function fitted(value: unknown, type: unknown): unknown {
  if (type === "array" && typeof value === "string") return ["bash", "-lc", value];
  return value;
}

function anyOf(type: unknown): unknown {
  switch (type) {
    case "boolean":
      return false;
    case "number":
    case "integer":
      return 1;
    case "array":
      return [];
    case "object":
      return {};
    default:
      return "as scripted";
  }
}

interface Schema {
  readonly type?: unknown;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly required?: readonly string[];
}

function schemaOf(value: unknown): Schema {
  // True because every member is optional, and whatever a client sends is looked at before use.
  return typeof value === "object" && value !== null ? (value as Schema) : {};
}
