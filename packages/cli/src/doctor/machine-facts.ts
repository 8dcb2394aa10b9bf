/** What `caum doctor` looks at besides the servers. */
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  type Configuration,
  DOCTOR_SESSION,
  doorUrl,
  loadConfiguration,
  readBlindNotes,
} from "@caum/core/settings";
import { isStamped, partProblems } from "../launcher/parts.ts";
import type { Place } from "../machine/place.ts";
import { collectorProblem } from "../service/collector-problem.ts";
import { describeBlindness } from "../terminal/blindness.ts";
import type { Fact } from "./fact.ts";
import { hookFacts, type SeenAgent } from "./hook-facts.ts";
import { relayFacts } from "./relay-facts.ts";
import { telemetryFacts } from "./telemetry-facts.ts";
import { wholeWay } from "./whole-way.ts";

const COLLECTOR_WITHIN_MS = 2_000;
/** Looking for a first call reads no more runs than this. */
const NEWEST_RUNS = 50;

export async function machineFacts(place: Place): Promise<readonly Fact[]> {
  const { caumHome: home, env } = place;
  const settings = loadConfiguration({ arguments: { home }, env });
  const collector = await collectorFact(settings);
  const calls = localCalls(place) ?? (await sentCalls(settings)) ?? NO_CALLS;
  const parts = partProblems(place).map(
    (text): Fact => ({ about: "parts", state: "problem", text }),
  );
  const hooks = hookFacts(place, seenAgents(home));
  const blind = describeBlindness(readBlindNotes(home)).map(
    (text): Fact => ({ about: "blind", state: "note", text }),
  );
  const relays = await relayFacts(home);
  const way = await wholeWay(settings, place);
  const ours = [
    homeFact(place),
    launcherFact(place),
    endsFact(place),
    ...parts,
    ...hooks,
    ...telemetryFacts(place),
    ...relays,
  ];
  return [...ours, ...blind, calls, collector, ...(way ? [way] : [])];
}

function homeFact({ caumHome }: Place): Fact {
  const about = "home";
  if (!existsSync(caumHome)) return { about, state: "note", text: `${caumHome}: not there yet` };
  if (!statSync(caumHome).isDirectory()) {
    const text = `${caumHome}: is no folder, nothing is kept: move it away`;
    return { about, state: "problem", text };
  }
  try {
    accessSync(caumHome, constants.W_OK);
    return { about, state: "ok", text: caumHome };
  } catch {
    const text = `${caumHome}: cannot be written, nothing is kept: look at its rights`;
    return { about, state: "problem", text };
  }
}

const SHELL = "/bin/sh";

/**
 * What docs/commands.md lists under how a server ends.
 *
 * @param shell what a relay watches itself with
 */
export function endsFact({ platform }: Pick<Place, "platform">, shell = SHELL): Fact {
  const about = "ends";
  if (platform === "win32") {
    const text = "a server that ignores the end of its input stays when its relay is killed";
    return { about, state: "note", text };
  }
  try {
    accessSync(shell, constants.X_OK);
    return { about, state: "ok", text: "servers end as they would alone" };
  } catch {
    const text = `no ${shell}: signals to a group come twice, and a killed relay leaves its server`;
    return { about, state: "problem", text };
  }
}

function launcherFact(place: Place): Fact {
  const about = "launcher";
  const launcher = join(place.caumHome, "bin", "launch");
  if (place.platform === "win32") return { about, state: "note", text: "not looked at on Windows" };
  if (!existsSync(launcher)) {
    return { about, state: "note", text: "not installed: caum install" };
  }
  const { status, stdout } = spawnSync(SHELL, [launcher], { encoding: "utf8", input: "" });
  if (status === 0) return foundNode(stdout.trim(), join(place.caumHome, "bin"));
  const text = "finds no Node >= 20 or no whole relay; servers run alone: run caum install again";
  return { about, state: "problem", text };
}

function foundNode(node: string, folder: string): Fact {
  const about = "launcher";
  const used = [join(folder, "serve"), join(folder, "relay.cjs"), node];
  if (used.every((path) => isStamped(folder, path))) {
    return { about, state: "ok", text: `starts ${node}` };
  }
  const text = `starts ${node}, which changed since: each start is checked, caum install makes it quick`;
  return { about, state: "note", text };
}

const NO_CALLS: Fact = {
  about: "calls",
  state: "note",
  text: "none seen yet: use a tool in a client",
};

function localCalls({ caumHome }: Place): Fact | undefined {
  const seen = newestRuns(join(caumHome, "runs")).find(({ text }) => hasCall(text));
  if (!seen) return undefined;
  const text = `the newest run with a call is of ${seen.at.toISOString()}`;
  return { about: "calls", state: "ok", text };
}

/** Who the newest runs on this machine are of. */
function seenAgents(home: string): readonly SeenAgent[] {
  return newestRuns(join(home, "runs")).flatMap(({ at, text }) => {
    const agentId = /"agentId":"([^"]+)"/.exec(text)?.[1];
    return agentId === undefined ? [] : [{ agentId, atMs: at.getTime() }];
  });
}

interface SessionList {
  readonly sessions: readonly { readonly session_id: string; readonly steps: number }[];
}

/** With a collector runs are not kept here, so it is asked. */
async function sentCalls({ url, apiKey }: Configuration): Promise<Fact | undefined> {
  if (url === undefined || apiKey === undefined) return undefined;
  try {
    const headers = { authorization: `Bearer ${apiKey}` };
    const signal = AbortSignal.timeout(COLLECTOR_WITHIN_MS);
    const reply = await fetch(doorUrl(url, "/v1/sessions?limit=100"), { headers, signal });
    // True for a collector; anything else throws below and counts as not known.
    const { sessions } = (await reply.json()) as SessionList;
    const isCalled = ({ session_id: id, steps }: SessionList["sessions"][number]) =>
      id !== DOCTOR_SESSION && steps > 0;
    const count = sessions.filter(isCalled).length;
    if (count === 0) return undefined;
    return {
      about: "calls",
      state: "ok",
      text: `in ${count} of the newest sessions of the collector`,
    };
  } catch {
    return undefined;
  }
}

function newestRuns(folder: string) {
  try {
    return readdirSync(folder)
      .map((name) => join(folder, name, "records.ndjson"))
      .filter((path) => existsSync(path))
      .map((path) => ({ path, at: statSync(path).mtime }))
      .sort((left, right) => right.at.getTime() - left.at.getTime())
      .slice(0, NEWEST_RUNS)
      .map(({ path, at }) => ({ at, text: readFileSync(path, "utf8") }));
  } catch {
    return [];
  }
}

function hasCall(text: string): boolean {
  return (
    text.includes('"category":"tool_api"') && !text.includes(`"sessionId":"${DOCTOR_SESSION}"`)
  );
}

async function collectorFact({ url, problems }: Configuration): Promise<Fact> {
  const about = "collector";
  const [problem] = problems;
  if (problem !== undefined) return { about, state: "problem", text: problem };
  if (url === undefined) return { about, state: "ok", text: "none: runs stay on this machine" };
  const trouble = await collectorProblem(url);
  if (trouble !== undefined) return { about, state: "problem", text: trouble };
  return { about, state: "ok", text: `${url} is up` };
}
