/** Five small agents that do what agents do, each with what the collector should say of it. */
import { ask, type CollectorPlace, type LiveAnswer, LiveSession } from "./live-session.ts";
import { isObserveOnly, retryLoop } from "./retry-loop.ts";

export interface Check {
  readonly expected: string;
  readonly seen: string;
  readonly holds: boolean;
}

export interface AgentResult {
  readonly agent: string;
  readonly sessionId: string;
  readonly checks: readonly Check[];
}

export interface ValidationAgent {
  readonly name: string;
  readonly about: string;
  /** @throws {CollectorError} */
  readonly run: (place: CollectorPlace) => Promise<AgentResult>;
}

const PAGES = ["/healthz", "/readyz", "/docs", "/openapi.json", "/v2/live/health"];
const REPOSITORY_WORK = [
  { tool: "list_files", state_id: "tree" },
  { tool: "read_file", state_id: "source" },
  { tool: "run_tests", status: "error", state_id: "red-1" },
  { tool: "edit_file", state_id: "edit-1" },
  { tool: "run_tests", status: "error", state_id: "red-2" },
  { tool: "read_file", state_id: "fixture" },
  { tool: "edit_file", state_id: "edit-2" },
  { tool: "run_tests", state_id: "green" },
];
const UNKNOWN_FIELDS = ["prompt", "content", "arguments", "result", "error_message"];

export const VALIDATION_AGENTS: readonly ValidationAgent[] = [
  { name: "website-smoke", about: "opens the collector's pages", run: websiteSmoke },
  {
    name: "repository-test",
    about: "reads, edits and tests until it is green",
    run: repositoryTest,
  },
  { name: "json-ingestion", about: "sends good and bad JSON", run: jsonIngestion },
  { name: "retry-loop", about: "repeats one failing call", run: controlledLoop },
  { name: "privacy-boundary", about: "sends content that must not be kept", run: privacyBoundary },
];

async function websiteSmoke(place: CollectorPlace): Promise<AgentResult> {
  const session = await LiveSession.start(place, "website-smoke");
  const pages: string[] = [];
  const answers: LiveAnswer[] = [];
  for (const page of PAGES) {
    const { status } = await ask(place, "GET", page);
    if (status !== 200) pages.push(`${page} ${status}`);
    const event = {
      tool: "open_page",
      status: status === 200 ? "ok" : "error",
      state_id: `page${page}`,
    };
    answers.push(await session.send(event));
  }
  const seen = pages.length === 0 ? "all answer 200" : pages.join(", ");
  const check = { expected: `${PAGES.join(" ")}: all answer 200`, seen, holds: pages.length === 0 };
  return { agent: "website-smoke", sessionId: session.id, checks: [check, ...calm(answers)] };
}

async function repositoryTest(place: CollectorPlace): Promise<AgentResult> {
  const session = await LiveSession.start(place, "repository-test");
  const answers: LiveAnswer[] = [];
  for (const work of REPOSITORY_WORK) answers.push(await session.send({ status: "ok", ...work }));
  const size = answers.at(-1)?.evidence.tree_size ?? 0;
  const check = {
    expected: "every step is in the tree",
    seen: `${answers.length} steps, tree of ${size}`,
    holds: size > answers.length,
  };
  return { agent: "repository-test", sessionId: session.id, checks: [...calm(answers), check] };
}

async function jsonIngestion(place: CollectorPlace): Promise<AgentResult> {
  const session = await LiveSession.start(place, "json-ingestion");
  const good = await session.send({ tool: "ingest", status: "ok", state_id: "row-1" });
  const extra = await session.send({ tool: "ingest", status: "ok", state_id: "row-2", unknown: 1 });
  const cost = await session.sendAnything({ tool: "ingest", cost_usd: -1 });
  const text = await session.sendAnything("no object");
  const broken = await ask(place, "POST", "/v2/live/event", '{"session_id": ');
  const checks = [
    equal("a good event counts as a step", 1, good.structural_health.step),
    equal("an unknown field is dropped and counted", 1, extra.dropped_fields),
    equal("a negative cost is refused", 400, cost.status),
    equal("an event that is no object is refused", 400, text.status),
    equal("broken JSON is refused", 400, broken.status),
  ];
  return { agent: "json-ingestion", sessionId: session.id, checks };
}

async function controlledLoop(place: CollectorPlace): Promise<AgentResult> {
  const { sessionId, steps } = await retryLoop(place);
  const answers = steps.map(({ answer }) => answer);
  const first = answers.findIndex((answer) => answer.live_alert);
  const work = steps.filter(({ event }) => event.status === "ok").length;
  const last = answers.at(-1);
  const checks = [
    {
      expected: "an alert after the loop began",
      seen: first < 0 ? "no alert" : `an alert at retry ${first - work + 1}`,
      holds: first > work,
    },
    {
      expected: "the alert stands at the end",
      seen: `live_alert ${last?.live_alert}, ${last?.public_class}`,
      holds: last?.live_alert === true,
    },
    observeOnly(answers),
  ];
  return { agent: "retry-loop", sessionId, checks };
}

async function privacyBoundary(place: CollectorPlace): Promise<AgentResult> {
  const session = await LiveSession.start(place, "privacy-boundary");
  const canary = `CANARY-${session.id.slice(-12)}`;
  const content = Object.fromEntries(UNKNOWN_FIELDS.map((field) => [field, `${canary} secret`]));
  const event = { tool: "read_file", status: "ok", state_id: `${canary}-state`, ...content };
  const answer = await session.send(event);
  const paths = [`/v2/live/session/${session.id}`, `/v1/session/${session.id}/bundle`];
  const replies = await Promise.all(paths.map((path) => session.read(path)));
  const leaked = [JSON.stringify(answer), ...replies.map(({ text }) => text)].filter((text) =>
    text.includes(canary),
  ).length;
  const checks = [
    equal(
      "fields that could hold content are dropped",
      UNKNOWN_FIELDS.length,
      answer.dropped_fields,
    ),
    equal(
      "the session and its bundle can be read",
      "200 200",
      replies.map(({ status }) => status).join(" "),
    ),
    equal("places where the content is found again", 0, leaked),
    observeOnly([answer]),
  ];
  return { agent: "privacy-boundary", sessionId: session.id, checks };
}

function calm(answers: readonly LiveAnswer[]): readonly Check[] {
  const alerts = answers.filter((answer) => answer.live_alert).length;
  return [equal("alerts on honest work", 0, alerts), observeOnly(answers)];
}

function observeOnly(answers: readonly LiveAnswer[]): Check {
  const holds = answers.every(isObserveOnly);
  const expected = "every answer observes only and uses no content";
  return { expected, seen: holds ? "all do" : "NOT ALL do", holds };
}

function equal(about: string, expected: number | string, seen: number | string): Check {
  return { expected: `${about}: ${expected}`, seen: String(seen), holds: expected === seen };
}
