/**
 * Cline: `data/sessions/<id>/<id>.messages.json` beside `<id>.json`; as an extension, and Roo Code,
 * `tasks/<id>/api_conversation_history.json`.
 */
import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { type Fields, fieldsIn, isFields, listIn, textIn } from "../fields.ts";
import { type DocumentPlace, documentFormat } from "../frame/document-format.ts";
import { learnFacts } from "../frame/tell-once.ts";
import type { FileHead, FilePart, HistoryEvent } from "../history.ts";
import { blockEvents } from "./message-blocks.ts";

const MESSAGES = ".messages.json";
const CONVERSATION = "api_conversation_history.json";

export const cline = documentFormat({ name: "cline", title: "Cline", recognize, eventsOf });

function recognize({ path, text }: FileHead): FilePart | undefined {
  const name = basename(path);
  if (name === CONVERSATION && text.startsWith("[")) return { session: basename(dirname(path)) };
  const isMessages = name.endsWith(MESSAGES) && text.includes('"messages"');
  return isMessages ? { session: name.slice(0, -MESSAGES.length) } : undefined;
}

function eventsOf(
  history: Fields,
  { path, session, facts }: DocumentPlace,
): readonly HistoryEvent[] {
  const about = besides(path);
  const version = textIn(fieldsIn(history, "origin"), "version");
  learnFacts(facts, version, textIn(about, "cwd", "workspace_root"));
  const messages = listIn(history, "messages").concat(listIn(history, "items"));
  return blockEvents(messages, { scope: session, model: textIn(about, "model") });
}

/** What stands beside the messages: folder and model. */
function besides(path: string): Fields {
  if (!path.endsWith(MESSAGES)) return {};
  try {
    const value: unknown = JSON.parse(readFileSync(path.replace(MESSAGES, ".json"), "utf8"));
    return isFields(value) ? value : {};
  } catch {
    return {};
  }
}
