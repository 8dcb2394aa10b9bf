import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { decode, type Group, type ReportedEvent, readTelemetry, TraceNotes } from "../src/index.ts";
import { EMITTERS, type Emitter } from "./emitters.ts";

async function read(bodies: readonly string[]): Promise<readonly Group[]> {
  const notes = new TraceNotes();
  const groups: Group[] = [];
  for (const name of bodies) {
    const body = readFileSync(join(import.meta.dirname, "fixtures", name));
    const signal = name.includes(".logs.") ? "logs" : "traces";
    const telemetry = await decode(body, signal, name.endsWith(".pb") ? "protobuf" : "json");
    groups.push(...readTelemetry(telemetry, notes).groups);
  }
  return groups;
}

const NAME = /^[a-z0-9]{64}\/[a-z0-9]{64}$/;

function summaryOf({ observation }: ReportedEvent): string {
  if (!("tool" in observation)) throw new TypeError("a turn is no call");
  const { tool, status, toolCallId, arguments: values, result } = observation;
  const known = Object.entries({ id: toolCallId, arguments: values, result });
  const names = known.flatMap(([name, value]) => (value === undefined ? [] : [name]));
  return [NAME.test(tool) ? "(hashed)" : tool, status, ...names].join(" ");
}

const isCall = ({ observation }: ReportedEvent) => "tool" in observation;

describe.each(EMITTERS)("$name", (emitter: Emitter) => {
  test("its calls, turns, tokens and conversation", async () => {
    const groups = await read(emitter.bodies);
    const all = groups.flatMap((group) => group.events);
    const turns = all.flatMap(({ observation }) =>
      observation.kind === "turn" ? [observation] : [],
    );
    const sum = (name: "inputTokens" | "outputTokens") =>
      turns.reduce((total, turn) => total + (turn[name] ?? 0), 0);
    expect(all.filter(isCall).map(summaryOf).toSorted()).toEqual(emitter.calls.toSorted());
    expect(turns).toHaveLength(emitter.turns);
    expect([sum("inputTokens"), sum("outputTokens")]).toEqual(emitter.tokens);
    expect(groups.map(({ emitter: name }) => name)).toContain(emitter.emitter);
    expect(groups[0]?.conversation ?? null).toBe(emitter.conversation);
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  });

  test("a body that comes again names the same", async () => {
    const [once, again] = [await read(emitter.bodies), await read(emitter.bodies)];
    const ids = (groups: readonly Group[]) =>
      groups.flatMap((group) => group.events.map(({ id }) => id));
    expect(ids(again)).toEqual(ids(once));
  });
});

test("spans and log records of Claude Code name a call and a turn alike", async () => {
  const [spans, logs] = [
    await read(["claude-code.traces.json"]),
    await read(["claude-code.logs.json"]),
  ];
  for (const group of [...spans, ...logs]) {
    for (const { id } of group.events) expect(id).toMatch(/^(?:call toolu_|turn req_)/);
  }
});

test("a client's own span and the instrumentation around it are one turn, whichever comes first", async () => {
  const body = readFileSync(
    join(import.meta.dirname, "fixtures/openinference-anthropic-messages.traces.json"),
  );
  const { spans } = await decode(body, "traces", "json");
  const isClient = (scope: string) => scope.startsWith("com.anthropic");
  const client = spans.filter(({ scope }) => isClient(scope));
  const around = spans.filter(({ scope }) => !isClient(scope));
  for (const order of [
    [client, around],
    [around, client],
  ]) {
    const notes = new TraceNotes();
    const readings = order.map((some) => readTelemetry({ spans: some, logs: [] }, notes));
    const turns = readings.flatMap(({ groups }) =>
      groups.flatMap((group) => group.events.filter((one) => !isCall(one))),
    );
    expect(turns).toHaveLength(2);
  }
});

test("what no reader knows is counted", async () => {
  const body = readFileSync(join(import.meta.dirname, "fixtures/opencode.traces.json"));
  const telemetry = await decode(body, "traces", "json");
  const { groups, notUnderstood } = readTelemetry(telemetry, new TraceNotes());
  expect(groups).toEqual([]);
  expect(notUnderstood).toBe(telemetry.spans.length);
});

const HEAD = readFileSync(join(import.meta.dirname, "opentelemetry.head.md"), "utf8");

test("docs/opentelemetry.md says what these bodies say", async () => {
  const rows = EMITTERS.map(({ name, sentBy, calls, turns, tokens, conversation, lost, live }) => {
    const cost = tokens[0] + tokens[1] === 0 ? "not known" : `${tokens[0]} in, ${tokens[1]} out`;
    const group = conversation === null ? "the trace" : "the conversation";
    const cells = [name, sentBy, calls.join("<br>"), `${turns}: ${cost}`, group, lost, live ?? ""];
    return `| ${cells.join(" | ")} |`;
  });
  const columns = [
    "emitter",
    "sent by",
    "calls, with what is known",
    "turns and tokens",
    "a session is",
    "what is lost",
    "run live as",
  ];
  const table = [columns, columns.map(() => "---")].map((cells) => `| ${cells.join(" | ")} |`);
  const text = `${HEAD}\n${[...table, ...rows].join("\n")}\n`;
  await expect(text).toMatchFileSnapshot("../../../docs/opentelemetry.md");
});
