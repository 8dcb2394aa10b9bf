/**
 * SWE-agent: `<task>.traj`, one JSON object: the steps of a run, and what the model was told. It keeps no
 * times, tokens of the whole run only, and of a command what it printed, not how it ended.
 */
import { basename } from "node:path";
import { countIn, type Fields, fieldsIn, listIn, parsedText, textIn } from "../fields.ts";
import { type DocumentPlace, documentFormat } from "../frame/document-format.ts";
import { callEvent } from "../frame/open-calls.ts";
import { personEvent, turnEvent } from "../frame/speech.ts";
import { learnFacts } from "../frame/tell-once.ts";
import type { FileHead, FilePart, HistoryEvent } from "../history.ts";
import { hashOf } from "../seen-ids.ts";

const ENDING = ".traj";
/** Each step is one command, in a shell in which the agent's own commands are programs. */
const SHELL = "shell";
const RADIX = 36;

export const sweAgent = documentFormat({
  name: "swe-agent",
  title: "SWE-agent",
  recognize,
  eventsOf,
});

function recognize({ path, text }: FileHead): FilePart | undefined {
  const isOurs =
    path.endsWith(ENDING) &&
    /^\s*\{\s*"(?:environment|trajectory|history|info|replay_config)"/.test(text);
  if (!isOurs) return undefined;
  // The same task is run many times: its runs differ in how they begin.
  return { session: `${basename(path, ENDING)} ${hashOf(beginningOf(text)).toString(RADIX)}` };
}

/** The first step, as far as it stands in the beginning of the file. */
function beginningOf(text: string): string {
  const at = text.indexOf('"trajectory"');
  return at < 0 ? text : text.slice(at);
}

function eventsOf(run: Fields, { session, facts }: DocumentPlace): readonly HistoryEvent[] {
  const info = fieldsIn(run, "info");
  learnFacts(facts, textIn(info, "swe_agent_version"), undefined);
  const history = listIn(run, "history");
  const asked = askedCalls(history);
  const task = history.find(({ role, is_demo }) => role === "user" && is_demo !== true);
  const events: HistoryEvent[] =
    task === undefined ? [] : [personEvent(session, undefined, task.content)];
  const steps = listIn(run, "trajectory");
  steps.forEach((step, at) => {
    const isLast = at === steps.length - 1;
    events.push(
      ...stepEvents(step, asked, `${session} ${at}`, isLast ? fieldsIn(info, "model_stats") : {}),
    );
  });
  return events;
}

/** Calls that the model asked for as calls, by the command that was made of each. */
function askedCalls(history: readonly Fields[]): ReadonlyMap<string, Fields[]> {
  const asked = new Map<string, Fields[]>();
  for (const message of history) {
    const action = textIn(message, "action");
    const [call] = listIn(message, "tool_calls");
    if (action === undefined || call === undefined) continue;
    const known = asked.get(action);
    if (known === undefined) asked.set(action, [call]);
    else known.push(call);
  }
  return asked;
}

/** @param stats of the whole run, with its last step */
function stepEvents(
  step: Fields,
  asked: ReadonlyMap<string, Fields[]>,
  id: string,
  stats: Fields,
): readonly HistoryEvent[] {
  const action = textIn(step, "action");
  const turn = turnEvent(id, undefined, {
    content: step.response ?? step.thought,
    requestedTools: action === undefined ? 0 : 1,
    inputTokens: countIn(stats, "tokens_sent"),
    outputTokens: countIn(stats, "tokens_received"),
    costUsd: countIn(stats, "instance_cost"),
  });
  if (action === undefined) return [turn];
  const call = asked.get(action)?.shift() ?? {};
  const named = fieldsIn(call, "function");
  const seconds = countIn(step, "execution_time");
  const command = callEvent(
    {
      id: textIn(call, "id") ?? id,
      tool: textIn(named, "name") ?? SHELL,
      arguments: parsedText(named.arguments) ?? { command: action },
      parent: id,
    },
    {
      status: "answered",
      result: step.observation,
      durationMs: seconds === undefined ? undefined : seconds * 1_000,
    },
  );
  return [turn, { ...command, id: `call ${id}` }];
}
