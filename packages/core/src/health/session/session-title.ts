import { agentName, plainName } from "../alerts/readable-name.ts";

/** What a session is recognized by, all of it structure. */
export interface TitleFacts {
  readonly agent: string;
  readonly workflow?: string | undefined;
  /** Servers that were called, as records name them: labels, or keyed tags. */
  readonly servers?: readonly string[] | undefined;
}

/** A tag stands where a name was keyed: it tells servers apart, and nothing to a person. */
const KEYED = /^x-[0-9a-f]{8}$/;
const NAMED = 3;

/** A title for people, for example "Claude Code with github and filesystem". When it began stands beside it. */
export function sessionTitle({ agent, workflow, servers = [] }: TitleFacts): string {
  const name = agentName(agent);
  const work = workflow === undefined ? "" : `: ${plainName(workflow)}`;
  if (servers.length === 0) return `${name}${work}`;
  const named = servers.filter((server) => !KEYED.test(server)).map(plainName);
  const shown = named.slice(0, NAMED);
  const rest = servers.length - shown.length;
  if (shown.length === 0) return `${name}${work} with ${counted(rest)}`;
  return `${name}${work} with ${joined(rest > 0 ? [...shown, `${rest} more`] : shown)}`;
}

function counted(servers: number): string {
  return servers === 1 ? "one server" : `${servers} servers`;
}

function joined(names: readonly string[]): string {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} and ${last}`;
}
