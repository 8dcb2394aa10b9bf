/**
 * Whether the sessions that are built most like one are of the same agent, and how long it takes to find
 * them: `npm run bench:similar [-- --traces FOLDER --sessions COUNT]`.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { nearestSessions, type SessionProfile } from "@caum/workflows";
import { profileOf } from "./trace-profile.ts";
import { readSessions } from "./trace-sessions.ts";

const OURS = fileURLToPath(new URL("../health/data", import.meta.url));
const { values } = parseArgs({
  options: { traces: { type: "string" }, sessions: { type: "string", default: "500" } },
});

interface Known {
  readonly source: string;
  readonly model: string;
  readonly profile: SessionProfile;
}

/** As many as a collector looks at. */
const CANDIDATES = 2_000;
const known: Known[] = readSessions(values.traces ?? process.env.CAUM_TRACES ?? OURS)
  .filter(({ steps }) => steps.length > 0)
  .map((session) => {
    const { source, model } = session;
    return { source, model, profile: profileOf(session, 0) };
  });
// Evenly over all sources: the traces come source by source.
const every = Math.max(1, known.length / CANDIDATES);
const candidates = known.filter((_, at) => Math.floor(at / every) !== Math.floor((at - 1) / every));
const byId = new Map(candidates.map((one) => [one.profile.sessionId, one]));
const profiles = candidates.map(({ profile }) => profile);
const asked = candidates.filter(
  (_, at) => at % Math.ceil(candidates.length / Number(values.sessions)) === 0,
);

const isOfSource = (one: Known, other: Known) => one.source === other.source;
const isOfModel = (one: Known, other: Known) => isOfSource(one, other) && one.model === other.model;
const found = { source: 0, model: 0, chanceOfSource: 0, chanceOfModel: 0 };
const times: number[] = [];
for (const one of asked) {
  const before = performance.now();
  const [nearest] = nearestSessions(one.profile, { profiles, limit: 10 });
  times.push(performance.now() - before);
  const other = byId.get(nearest?.profile.sessionId ?? "");
  if (other === undefined) continue;
  const others = candidates.filter((candidate) => candidate !== one);
  found.source += Number(isOfSource(one, other));
  found.model += Number(isOfModel(one, other));
  found.chanceOfSource += others.filter((each) => isOfSource(one, each)).length / others.length;
  found.chanceOfModel += others.filter((each) => isOfModel(one, each)).length / others.length;
}
times.sort((one, other) => one - other);
const share = (count: number) => `${((100 * count) / asked.length).toFixed(0)} %`;
const sources = new Set(candidates.map(({ source }) => source));
const models = new Set(candidates.map(({ source, model }) => `${source} ${model}`));
process.stdout.write(
  [
    `${candidates.length} sessions of ${sources.size} sources and ${models.size} models; ${asked.length} asked`,
    `nearest is of the same source            ${share(found.source)}, by chance ${share(found.chanceOfSource)}`,
    `nearest is of the same source and model  ${share(found.model)}, by chance ${share(found.chanceOfModel)}`,
    `ms for one, median and slowest           ${times[times.length >> 1]?.toFixed(1)}, ${times.at(-1)?.toFixed(1)}`,
    "",
  ].join("\n"),
);
