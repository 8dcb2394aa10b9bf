/**
 * The plugin that opencode loads from its folder: it hands on what the event bus says of tool calls
 * and sessions, to the same hook as every other client's. It waits for nothing and throws nothing.
 */

/** @param command what runs the hook, for a POSIX shell; it reads one event on its standard input */
export function opencodePlugin(command: string): string {
  return `// caum: records the shape of tool calls. Taken out by: caum uninstall
import { spawn } from "node:child_process";

const COMMAND = ${JSON.stringify(command)};
/** Which session a sub-agent's session belongs to. */
const parents = new Map();
/** Calls that were said to run; the bus says it again and again. */
const running = new Set();

function rootOf(session) {
  let root = session;
  for (let depth = 0; parents.has(root) && depth < 32; depth += 1) root = parents.get(root);
  return root;
}

function handOn(event) {
  try {
    const child = spawn("/bin/sh", ["-c", COMMAND], { stdio: ["pipe", "ignore", "ignore"] });
    child.on("error", () => undefined);
    child.stdin.on("error", () => undefined);
    child.stdin.end(JSON.stringify(event));
    child.unref();
  } catch {
    // opencode goes on.
  }
}

function isNews({ type, state, callID }) {
  if (type !== "tool" || !state) return false;
  if (state.status === "running") {
    if (running.has(callID)) return false;
    running.add(callID);
    return true;
  }
  running.delete(callID);
  return state.status === "completed" || state.status === "error";
}

function take({ type, properties = {} }) {
  const { info, part } = properties;
  const session = properties.sessionID ?? info?.sessionID ?? info?.id;
  if (typeof session !== "string") return;
  if (type === "session.created" && info?.parentID) parents.set(session, info.parentID);
  if (type === "message.part.updated" && !isNews(part ?? {})) return;
  const isTold = ["message.part.updated", "session.idle", "session.error", "session.deleted"];
  if (!isTold.includes(type)) return;
  const root = rootOf(session);
  handOn({
    event: type,
    session_id: root,
    ...(root !== session && { agent_session_id: session }),
    ...(part && { part }),
  });
}

export const caum = async () => ({
  event: async ({ event }) => {
    try {
      take(event);
    } catch {
      // opencode goes on.
    }
  },
  "chat.message": async ({ sessionID }, { parts } = {}) => {
    const text = (parts ?? []).filter(({ type }) => type === "text").map(({ text }) => text);
    const root = rootOf(sessionID);
    if (root !== sessionID || text.length === 0) return;
    handOn({ event: "chat.message", session_id: root, prompt: text.join("\\n") });
  },
});
`;
}
