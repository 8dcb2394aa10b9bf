/**
 * Calls that stand in texts, as Cline and Roo Code kept them before models were asked for calls as such:
 * the model writes `<tool>…</tool>`, and the next message begins with `[tool for '…'] Result:`.
 */
import type { Status } from "@caum/core";
import type { Fields } from "../fields.ts";

/** A call with its answer. Its values are content. */
export interface WrittenCall {
  readonly tool: string;
  readonly arguments: string | undefined;
  readonly status: Status;
  readonly result: string;
}

const HEADER = /^\[([a-z][a-z0-9_]{1,63})\b/;
const HEADER_END = "] Result:";
/** What the editor says beside the answers; it differs each time. */
const BESIDE = "<environment_details>";
const DENIED = /^The user denied this operation/;
const FAILED = /^The tool execution failed with the following error/;
/** How the answer of a command tells its exit code, at its beginning. */
const EXIT_CODE = /^[\s\S]{0,400}?\bExit code: [1-9]/;

/**
 * The calls that a message answers.
 *
 * @param asked what the model wrote before
 */
export function writtenCalls(blocks: readonly Fields[], asked: string): readonly WrittenCall[] {
  const texts = blocks.flatMap(({ type, text }) =>
    type === "text" && typeof text === "string" && !text.startsWith(BESIDE) ? [text] : [],
  );
  const answers: { readonly tool: string; readonly told: string[] }[] = [];
  for (const text of texts) {
    const tool = HEADER.exec(text)?.[1];
    const end = tool === undefined ? -1 : text.indexOf(HEADER_END);
    if (tool !== undefined && end >= 0) {
      answers.push({ tool, told: [text.slice(end + HEADER_END.length)] });
    } else answers.at(-1)?.told.push(text);
  }
  return answers.map(({ tool, told }) => callOf(tool, told.join("\n").trim(), asked));
}

function callOf(tool: string, told: string, asked: string): WrittenCall {
  const [result = ""] = told.split(BESIDE, 1);
  return { tool, arguments: writtenIn(asked, tool), status: statusOf(result), result };
}

/** What stands between the last tags of this name. */
function writtenIn(text: string, tool: string): string | undefined {
  const open = text.lastIndexOf(`<${tool}>`);
  const from = open + tool.length + 2;
  const to = text.indexOf(`</${tool}>`, from);
  return open < 0 ? undefined : text.slice(from, to < 0 ? undefined : to);
}

function statusOf(result: string): Status {
  if (DENIED.test(result)) return "denied";
  return FAILED.test(result) || EXIT_CODE.test(result) ? "error" : "ok";
}
