/** Clients that send until they are answered, each time to another node. */
import { Agent, request } from "node:http";
import { BATCH_LINES, eventAt, RUN_LINES, runAt } from "./stream.ts";

const ANSWER_MS = 15_000;
const PAUSE_MS = 50;
/** Ask again, here or at another node. */
const RETRIED: ReadonlySet<number> = new Set([0, 429, 500, 502, 503, 504]);

export interface Acknowledged {
  /** How many bodies of each run. */
  readonly runs: Map<number, number>;
  /** Events by id, with what the answer said of when they came. */
  readonly events: Map<string, string>;
  readonly refused: Map<number, number>;
  retries: number;
}

export interface Work {
  readonly urls: readonly string[];
  readonly apiKey: string;
  readonly runs: number;
  readonly events: number;
  /** Sessions of the events; several senders share each. */
  readonly eventSessions: number;
  readonly runSenders: number;
  readonly eventSenders: number;
  readonly isOver: () => boolean;
}

const agent = new Agent({ keepAlive: true, maxSockets: 256 });

/** Resolves when everything is acknowledged or the time is over. */
export async function send(work: Work, acknowledged: Acknowledged): Promise<void> {
  const next = { run: 0, event: 0 };
  const sendRuns = async () => {
    while (next.run < work.runs && !work.isOver()) await sendRun(next.run++, work, acknowledged);
  };
  const sendEvents = async () => {
    while (next.event < work.events && !work.isOver()) {
      await sendEvent(next.event++, work, acknowledged);
    }
  };
  await Promise.all([
    ...Array.from({ length: work.runSenders }, sendRuns),
    ...Array.from({ length: work.eventSenders }, sendEvents),
  ]);
}

async function sendRun(number: number, work: Work, acknowledged: Acknowledged): Promise<void> {
  const { runId, bodies } = runAt(number);
  for (const [at, body] of bodies.entries()) {
    if (work.isOver()) return;
    const path = `/v1/runs/${runId}/records`;
    const answer = await deliver(
      { path, type: "application/x-ndjson", body },
      at,
      work,
      acknowledged,
    );
    if (answer !== undefined) acknowledged.runs.set(number, at + 1);
  }
}

async function sendEvent(number: number, work: Work, acknowledged: Acknowledged): Promise<void> {
  const { eventId, body } = eventAt(number, work.eventSessions);
  // Both nodes get events of every session, one after the other and at the same time.
  const turn = number + Math.floor(number / work.eventSessions);
  const message = { path: "/v1/events", type: "application/json", body };
  const answer = await deliver(message, turn, work, acknowledged);
  if (answer !== undefined) acknowledged.events.set(eventId, JSON.parse(answer).receivedAt);
}

export interface Message {
  readonly path: string;
  readonly type: string;
  readonly body: string;
}

/** @returns the answer; undefined when it was refused for good */
async function deliver(
  message: Message,
  turn: number,
  { urls, apiKey }: Work,
  acknowledged: Acknowledged,
): Promise<string | undefined> {
  for (let attempt = turn; ; attempt++) {
    const { status, text } = await post(urls[attempt % urls.length] ?? "", apiKey, message);
    if (status === 200 || status === 202) return text;
    if (!RETRIED.has(status)) {
      acknowledged.refused.set(status, (acknowledged.refused.get(status) ?? 0) + 1);
      return undefined;
    }
    acknowledged.retries += 1;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * (0.5 + Math.random())));
  }
}

/** Status 0 when nobody answered. */
export function post(
  url: string,
  apiKey: string,
  { path, type, body }: Message,
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve) => {
    const lost = () => resolve({ status: 0, text: "" });
    const sent = request(`${url}${path}`, {
      agent,
      method: "POST",
      timeout: ANSWER_MS,
      headers: {
        authorization: `Bearer ${apiKey}`,
        "content-type": type,
        "content-length": Buffer.byteLength(body),
      },
    });
    sent.on("timeout", () => sent.destroy());
    sent.on("error", lost);
    sent.on("response", (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (part: string) => {
        text += part;
      });
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text }));
      answer.on("error", lost);
      answer.on("close", lost);
    });
    sent.end(body);
  });
}

export function countOf({ runs, events }: Acknowledged): number {
  let batches = 0;
  for (const sent of runs.values()) batches += sent;
  return batches * BATCH_LINES + events.size;
}

export const EVENTS_PER_RUN = RUN_LINES;
