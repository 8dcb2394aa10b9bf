/** Log records as coding agents export them, of the calls that their hooks told of. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const FIXTURES = join(import.meta.dirname, "../../packages/otlp/test/fixtures");

/** A call as a client's log record tells it. */
export interface ToldCall {
  readonly id: string;
  readonly tool: string;
  readonly failed: boolean;
  /** Milliseconds since 1970. */
  readonly atMs: number;
}

interface Pair {
  readonly key: string;
  readonly value: object;
}

interface Logs {
  readonly resourceLogs: {
    readonly scopeLogs: { logRecords: { attributes: readonly Pair[] }[] }[];
  }[];
}

/** A body as it was sent. */
export function bodyOf(fixture: string): string {
  return readFileSync(join(FIXTURES, fixture), "utf8");
}

/** How a client's log record of a call names what differs from call to call. */
interface Dialect {
  readonly fixture: string;
  readonly event: string;
  readonly id: string;
  readonly tool: string;
  readonly success: (ok: boolean) => object;
}

export const DIALECTS = {
  "claude-code": {
    fixture: "claude-code.logs.json",
    event: "tool_result",
    id: "tool_use_id",
    tool: "tool_name",
    success: (ok) => ({ stringValue: `${ok}` }),
  },
  "qwen-code": {
    fixture: "qwen-code.logs.json",
    event: "qwen-code.tool_call",
    id: "call_id",
    tool: "function_name",
    success: (ok) => ({ boolValue: ok }),
  },
} as const satisfies Record<string, Dialect>;

/** A real body of the client, whose record of a call is made into one for each of these. */
export function bodyOfCalls(
  client: keyof typeof DIALECTS,
  session: string,
  calls: readonly ToldCall[],
): string {
  const { fixture, event, id, tool, success } = DIALECTS[client];
  const body = JSON.parse(bodyOf(fixture)) as Logs;
  const [scope] = body.resourceLogs[0]?.scopeLogs ?? [];
  const isCall = ({ key, value }: Pair) =>
    key === "event.name" && "stringValue" in value && value.stringValue === event;
  const template = scope?.logRecords.find(({ attributes }) => attributes.some(isCall));
  if (scope === undefined || template === undefined) throw new Error("the fixture has no call");
  scope.logRecords = calls.map((call) => {
    const changed: Readonly<Record<string, object>> = {
      "session.id": { stringValue: session },
      [id]: { stringValue: call.id },
      [tool]: { stringValue: call.tool },
      success: success(!call.failed),
    };
    const ns = `${call.atMs}000000`;
    const attributes = template.attributes.map(({ key, value }) => ({
      key,
      value: changed[key] ?? value,
    }));
    return { ...template, timeUnixNano: ns, observedTimeUnixNano: ns, attributes };
  });
  return JSON.stringify(body);
}
