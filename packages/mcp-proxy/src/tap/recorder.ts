/** The part that is loaded late: reads what was relayed over stdio and writes it down. */
import type { Reader } from "../backlog/late-reader.ts";
import type { Line } from "../backlog/line-framer.ts";
import { bootIdentity, clientProcess } from "../session/process-tree.ts";
import { SessionIds } from "../session/session-ids.ts";
import { Conversation } from "./conversation.ts";
import { entryNameOf } from "./journal/entry-name.ts";
import { ObserverJournal } from "./journal/observer-journal.ts";
import { type ObserverFacts, Observers } from "./journal/observers.ts";
import { messagesOf } from "./messages/line-messages.ts";
import { KnownTools } from "./tools/known-tools.ts";
import { ToolCatalog } from "./tools/tool-catalog.ts";

export { startHttpRecorder } from "./http/http-recorder.ts";

export interface RecorderOptions extends ObserverFacts {
  /** Who started us; read at once because a parent may be gone later. */
  readonly parentPid: number;
  /** What tells this server from others of the same client. */
  readonly server: string;
}

/** How often calls that are open for long are looked for. */
const TICK_MS = 5_000;

export function startRecorder(options: RecorderOptions): Reader<Line> {
  const observers = new Observers(options);
  const ids = new SessionIds(observers.configuration);
  const sessionAt = ids.told(process.env) ?? ids.of(clientOf(options.parentPid));
  const serverName = entryNameOf(options.entry);
  const journal = new ObserverJournal(observers, sessionAt, serverName);
  // The same words in another folder may well be another server.
  const known = new KnownTools(observers.configuration, `${process.cwd()}|${options.server}`);
  const conversation = new Conversation(journal, {
    server: options.server,
    catalog: new ToolCatalog(known),
  });
  const timer = setInterval(() => conversation.tick(Date.now()), TICK_MS).unref();
  return {
    accept(line) {
      try {
        const messages = messagesOf(line);
        if (line.isCut && messages.length === 0) journal.dropped(1, "overflow");
        for (const message of messages) {
          conversation.accept(message, line.toServer, line.time);
        }
      } catch {
        journal.dropped(1, "unreadable");
      }
    },
    forgot: (count) => journal.dropped(count, "overflow"),
    rest: () => observers.rest(),
    interrupt() {
      conversation.interrupt(Date.now());
      journal.interrupt();
      observers.closeRunsNow();
    },
    async close(limitMs) {
      clearInterval(timer);
      conversation.end(Date.now());
      await journal.close();
      await observers.close(limitMs);
    },
  };
}

/** What all proxies of one client process know of it; undefined when it cannot be known. */
function clientOf(parentPid: number): string | undefined {
  const client = clientProcess(parentPid);
  return client && ["process", bootIdentity(), client.pid, client.startedAt].join("|");
}
