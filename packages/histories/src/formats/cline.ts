/**
 * Cline: `data/sessions/<id>/<id>.messages.json` beside `<id>.json`; as an extension, and Roo Code,
 * `tasks/<id>/api_conversation_history.json`.
 */
import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { type Fields, fieldsIn, isFields, listIn, textIn } from "../fields.ts";
import { wholeFile } from "../files/whole-file.ts";
import type {
  FileHead,
  FilePart,
  HistoryFacts,
  HistoryFormat,
  HistorySession,
  PartFile,
  Reading,
} from "../history.ts";
import { learnFacts, withoutCopies } from "./line-format.ts";
import { blockEvents } from "./message-blocks.ts";

const MESSAGES = ".messages.json";
const CONVERSATION = "api_conversation_history.json";

export const cline: HistoryFormat = {
  name: "cline",
  title: "Cline",
  recognize,
  async *open(parts, reading) {
    for (const part of parts) yield sessionOf(part, reading);
  },
};

function recognize({ path, text }: FileHead): FilePart | undefined {
  const name = basename(path);
  if (name === CONVERSATION && text.startsWith("[")) return { session: basename(dirname(path)) };
  const isMessages = name.endsWith(MESSAGES) && text.includes('"messages"');
  return isMessages ? { session: name.slice(0, -MESSAGES.length) } : undefined;
}

function sessionOf({ file, session }: PartFile, reading: Reading): HistorySession {
  const facts: HistoryFacts = {};
  return {
    format: "cline",
    client: "cline",
    id: session,
    files: [file],
    facts,
    async *events() {
      const history = await wholeFile(file, reading);
      if (history === undefined) return;
      const about = besides(file.path);
      const version = textIn(fieldsIn(history, "origin"), "version");
      learnFacts(facts, version, textIn(about, "cwd", "workspace_root"));
      const messages = listIn(history, "messages").concat(listIn(history, "items"));
      const events = blockEvents(messages, { scope: session, model: textIn(about, "model") });
      yield withoutCopies(events, "cline", reading);
    },
  };
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
