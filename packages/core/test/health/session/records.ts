import type {
  Envelope,
  Layer,
  RecordOf,
  StructuralRecord,
  ToolPayload,
  View,
} from "../../../src/capture/record.ts";
import { TELEMETRY } from "../../../src/health/session/order.ts";
import { hash } from "../families/script.ts";

const START_MS = 1_700_000_000_000;

function envelope(
  runId: string,
  seq: number,
  atMs: number,
  layer: Layer,
): Omit<Envelope, "category"> {
  return {
    ...(layer === "telemetry" && { sourceFramework: `${TELEMETRY}emitter` }),
    schemaVersion: "1.0",
    eventId: `00000000-0000-7000-8000-${String(seq).padStart(12, "0")}`,
    agentId: "agent",
    sessionId: "session",
    runId,
    sourceTimestamp: new Date(START_MS + atMs).toISOString(),
    previousHash: "0".repeat(64),
  };
}

/** A run of one writer, built record by record. */
export class RunBuilder {
  readonly records: StructuralRecord[] = [];
  readonly #runId: string;
  readonly #layer: Layer;

  constructor(runId: string, layer: Layer, view: View = "full", key = "c") {
    this.#runId = runId.padEnd(32, "0");
    this.#layer = layer;
    this.records.push({
      ...envelope(this.#runId, 0, 0, layer),
      category: "lifecycle",
      payload: {
        seq: 0,
        type: "open",
        writer: "test",
        writerVersion: "1",
        layer,
        view,
        digestKeyId: "k",
        digestKeyCommitment: key,
      },
    });
  }

  /** A call of `tool` with one text as arguments and as answer, without what its writer does not tell. */
  call(
    atMs: number,
    tool: string,
    text: string,
    more: Partial<ToolPayload> = {},
    without: readonly (keyof ToolPayload)[] = [],
  ): this {
    const record: RecordOf<"tool_api"> = {
      ...envelope(this.#runId, this.records.length, atMs, this.#layer),
      category: "tool_api",
      payload: {
        seq: this.records.length,
        toolName: tool,
        status: "ok",
        op: "read",
        argumentsHash: hash(`${text} asked`),
        argumentsBytes: 40,
        resultHash: hash(`${text} answered`),
        resultBytes: 400,
        ...more,
      },
    };
    for (const name of without) Reflect.deleteProperty(record.payload, name);
    this.records.push(record);
    return this;
  }
}
