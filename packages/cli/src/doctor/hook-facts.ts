/** Whether the hooks that are registered are called. */
import { statSync } from "node:fs";
import { loadRootKey } from "@caum/core/machine";
import { readHookTallies } from "../hook/inbox/hook-log.ts";
import { type RegisteredHook, registeredHooks } from "../install/hooks/install-hooks.ts";
import type { Place } from "../machine/place.ts";
import type { Fact } from "./fact.ts";

/** An agent that was seen at work by a proxy, and when last. */
export interface SeenAgent {
  readonly agentId: string;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

export function hookFacts(place: Place, agents: readonly SeenAgent[]): readonly Fact[] {
  const hooks = registeredHooks(place);
  const facts = hooks.map((hook) => factOf(hook, place, agents));
  return hooks.length === 0 ? facts : [...keyFacts(place), ...unreadFacts(place), ...facts];
}

/** What a hook left and the recorder could not read is lost. */
function unreadFacts({ caumHome }: Place): readonly Fact[] {
  const tallies = Object.values(readHookTallies(caumHome));
  const count = tallies.reduce((sum, { unread = 0 }) => sum + unread, 0);
  if (count === 0) return [];
  const text = `${count} events of hooks were damaged before they were recorded: their calls are lost`;
  return [{ about: "hooks", state: "problem", text }];
}

/** A hook without its key leaves nothing, and has nobody to say so to. */
function keyFacts({ caumHome, env }: Place): readonly Fact[] {
  const { problem } = loadRootKey({ home: caumHome, env });
  if (problem === undefined) return [];
  return [{ about: "hooks", state: "problem", text: `hooks leave nothing: ${problem}` }];
}

function factOf(hook: RegisteredHook, place: Place, agents: readonly SeenAgent[]): Fact {
  const about = "hooks";
  const { client, path, title, trust } = hook;
  const tally = readHookTallies(place.caumHome)[client];
  if (tally !== undefined) {
    const last = new Date(tally.lastAt).toISOString();
    const unknown = Object.keys(tally.notUnderstood);
    const more = unknown.length === 0 ? "" : `; not understood: ${unknown.join(", ")}`;
    return { about, state: "ok", text: `${title}: the last event came at ${last}${more}` };
  }
  const since = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const ran = agents.find(({ agentId, atMs }) => agentId.startsWith(client) && atMs > since);
  if (!ran) return { about, state: "note", text: `${title}: registered, no event came yet` };
  const help = trust ?? "run caum install --hooks again and start the client anew";
  const text = `${title}: registered, the client has run since, and no event came: ${help}`;
  return { about, state: "problem", text };
}
