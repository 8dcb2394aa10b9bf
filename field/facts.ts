/** What is asked of every run: each fact as a word or two, read from what was recorded. */
import { callsOf, judged, type Run } from "./records.ts";

export const FACTS = {
  shell: "a shell command",
  edit: "a failing edit",
  exit: "a command with exit code 3",
  failing: "failing MCP calls, by hooks",
  proxied: "failing MCP calls, by the proxy",
  turn: "calls side by side are of one turn",
  sessions: "sessions of hooks and proxy",
  once: "each call once in the verdict",
  loop: "the loop is found",
  closed: "runs closed",
  proof: "`caum verify`",
  content: "content under CAUM_HOME",
  uninstall: "uninstall",
} as const;

export type Fact = keyof typeof FACTS;
/** A fact that could not be seen is absent. */
export type Facts = Readonly<Partial<Record<Fact, string>>>;

const isNamed = (name: string, tool: string) => new RegExp(`(^|[^a-z])${tool}$`, "i").test(name);
const SHELL = /^(bash|shell|shell_command|exec_command|run_shell_command|run_commands)$/i;
const EDIT = /^(edit|replace|editor|multiedit|str_replace|edit_file)$/i;

/** What the records say; what the commands say is added by the one who runs them. */
export function factsOf(runs: readonly Run[]): Facts {
  const hooks = callsOf(runs.filter(({ layer }) => layer === "hook"));
  const proxied = callsOf(runs.filter(({ layer }) => layer === "mcp"));
  const named = (calls: typeof hooks, is: (name: string) => boolean) =>
    calls.filter(({ payload }) => is(payload.toolName));
  const shells = named(hooks, (name) => SHELL.test(name));
  const beside = [...named(hooks, (name) => isNamed(name, "echo")).slice(-2), shells.at(-2)];
  const parents = new Set(beside.map((call) => call?.parentEventId));
  return present({
    shell: shells[0]?.payload.status,
    edit: named(hooks, (name) => EDIT.test(name))[0]?.payload.status,
    exit: shells.length > 2 ? shells.at(-1)?.payload.status : undefined,
    failing: statuses(named(hooks, (name) => isNamed(name, "fail"))),
    proxied: statuses(named(proxied, (name) => name === "fail")),
    turn: beside.length === 3 && hooks.length > 2 ? (parents.size === 1 ? "yes" : "no") : undefined,
    sessions: count(new Set(runs.map(({ sessionId }) => sessionId)).size),
    once: countedOnce(runs, hooks.length, proxied.length),
    loop: loopOf(runs),
    closed: runs.length === 0 ? undefined : closedOf(runs),
  });
}

/** All of them, as one word where they agree. */
function statuses(calls: ReturnType<typeof callsOf>): string | undefined {
  const all = [...new Set(calls.map(({ payload }) => payload.status))];
  return all.length === 0 ? undefined : all.join(", ");
}

/** Where hooks see every call, the session has as many steps as they saw. */
function countedOnce(runs: readonly Run[], hooks: number, proxied: number): string | undefined {
  const hooked = runs.find(({ layer }) => layer === "hook");
  if (!hooked || proxied === 0) return undefined;
  return judged(runs, hooked.sessionId).count === hooks ? "yes" : "no";
}

function loopOf(runs: readonly Run[]): string | undefined {
  const sessions = [...new Set(runs.map(({ sessionId }) => sessionId))];
  if (sessions.length === 0) return undefined;
  const isFound = sessions.some((session) => judged(runs, session).alertStep !== undefined);
  return isFound ? "yes" : "no";
}

function closedOf(runs: readonly Run[]): string {
  const open = runs.filter(({ isClosed }) => !isClosed).map(({ layer }) => layer);
  return open.length === 0 ? "yes" : `no: ${[...new Set(open)].join(", ")}`;
}

function count(number: number): string | undefined {
  return number === 0 ? undefined : String(number);
}

function present(facts: { readonly [Key in Fact]?: string | undefined }): Facts {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
}
