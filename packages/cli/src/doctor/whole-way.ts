/** Sends one call the whole way, from a client through a wrapped entry to where records are kept. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Configuration, DOCTOR_SESSION, doorUrl, readUpstreams } from "@caum/core/settings";
import { wrappedWords } from "../install/entries/wrapped-command.ts";
import type { Place } from "../machine/place.ts";
import type { Fact } from "./fact.ts";
import { McpClient } from "./mcp-client.ts";

const ANSWER_WITHIN_MS = 10_000;
const ARRIVE_WITHIN_MS = 3_000;
const LOOK_EVERY_MS = 100;
const CALL = { name: "read_file", arguments: { path: "doctor" } };

/** @returns undefined when nothing is installed that could be tried */
export async function wholeWay(
  configuration: Configuration,
  place: Place,
): Promise<Fact | undefined> {
  const { caumHome, platform } = place;
  if (platform === "win32" || !existsSync(join(caumHome, "bin", "serve"))) return undefined;
  const before = await arrivedSteps(configuration);
  const startedAt = Date.now();
  const problem = await callOnce(place);
  if (problem !== undefined) return stopped(`the server behind a wrapped entry ${problem}`);
  if (configuration.url === undefined) {
    return isWritten(join(caumHome, "runs"), startedAt)
      ? fine(`a call went through a wrapped entry and is recorded here (${since(startedAt)})`)
      : stopped("the server was served, and nothing was recorded");
  }
  const { url, apiKey } = configuration;
  if (apiKey === undefined) return stopped(`there is no key for ${url}: give it in CAUM_API_KEY`);
  if (before === undefined) return waiting(configuration, startedAt);
  for (const until = Date.now() + ARRIVE_WITHIN_MS; Date.now() < until; ) {
    if (((await arrivedSteps(configuration)) ?? 0) > before) {
      return fine(`a call went through a wrapped entry to ${url} (${since(startedAt)})`);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return waiting(configuration, startedAt);
}

/** Why the record is not there: it waits, or it was never made. */
async function waiting({ home, url }: Configuration, startedAt: number): Promise<Fact> {
  if (!isWritten(join(home, "upstream"), startedAt)) {
    return stopped("the server was served, and nothing was recorded");
  }
  const upstreams = await readUpstreams(home);
  const reason = upstreams.find((upstream) => upstream.spooled > 0)?.lastError?.message;
  const text = `recorded, and waiting on the disk: it did not reach ${url}`;
  return stopped(reason === undefined ? text : `${text} (${reason})`);
}

async function callOnce(place: Place): Promise<string | undefined> {
  const ending = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const sample = fileURLToPath(new URL(`./sample-server.${ending}`, import.meta.url));
  const words = wrappedWords([place.node, sample], { command: "" }, "caum-doctor", place);
  const env = { ...place.env, CAUM_HOME: place.caumHome, CAUM_SESSION_ID: DOCTOR_SESSION };
  const client = new McpClient({ words, env }, ANSWER_WITHIN_MS);
  try {
    await client.open("caum-doctor");
    await client.ask("tools/call", CALL);
    return undefined;
  } catch (problem) {
    return problem instanceof Error ? problem.message : "failed";
  } finally {
    await client.close();
  }
}

/** Steps of doctors' sessions that the collector has; undefined when it does not say. */
async function arrivedSteps({ url, apiKey }: Configuration): Promise<number | undefined> {
  if (url === undefined || apiKey === undefined) return undefined;
  try {
    const headers = { authorization: `Bearer ${apiKey}` };
    const signal = AbortSignal.timeout(ARRIVE_WITHIN_MS);
    const reply = await fetch(doorUrl(url, "/v1/sessions?limit=100"), { headers, signal });
    if (reply.status !== 200) return undefined;
    // True for a collector, which checks its answers against the schema of the door.
    const { sessions } = (await reply.json()) as {
      readonly sessions: readonly { readonly session_id: string; readonly steps: number }[];
    };
    const own = sessions.filter(({ session_id: id }) => id === DOCTOR_SESSION);
    return own.reduce((sum, { steps }) => sum + steps, 0);
  } catch {
    return undefined;
  }
}

/** Whether a record of the call was written below the folder since then. */
function isWritten(folder: string, since: number): boolean {
  try {
    return readdirSync(folder, { recursive: true })
      .map((name) => join(folder, String(name)))
      .filter((path) => path.endsWith(".ndjson") && statSync(path).mtimeMs >= since - 1_000)
      .some((path) => readFileSync(path, "utf8").includes(`"sessionId":"${DOCTOR_SESSION}"`));
  } catch {
    return false;
  }
}

function since(startedAt: number): string {
  return `${Date.now() - startedAt} ms`;
}

function fine(text: string): Fact {
  return { about: "way", state: "ok", text };
}

function stopped(text: string): Fact {
  return { about: "way", state: "problem", text };
}
