/** Requests as senders make them, and as the collector's own OpenAPI document would let them be made. */
import { randomUUID } from "node:crypto";
import type { NativeRunLines } from "../../packages/collector/test/native-lines.ts";
import { between } from "../torture/count.ts";

export interface SoakRequest {
  readonly method: string;
  readonly path: string;
  readonly type?: "application/json" | "application/x-ndjson";
  readonly body?: string;
}

// The document is read freely here.
// biome-ignore lint/suspicious/noExplicitAny: see above
type Json = any;

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly schema: Json;
}

/** They end accounts, keys and sessions, or are limited to some an hour. */
const LEFT_OUT = /keys|register|sign|checkout|billing|retention|stripe|bundle|evidence-pack|stream/;
const SESSIONS = 200;
const TOOLS = ["bash", "read_file", "edit_file", "mcp__github__search", "run_tests"];
const STATUSES = ["ok", "ok", "ok", "error", "not_found"];
/** So many are as senders make them; of the others, many are accepted too. */
const REAL_SHARE = 0.7;

export class Requests {
  readonly #random: () => number;
  readonly #operations: readonly Operation[];
  readonly #runs: readonly NativeRunLines[];
  #steps = 0;

  /** @param document the collector's `/openapi.json` */
  constructor(document: Json, runs: readonly NativeRunLines[], random: () => number) {
    this.#random = random;
    this.#runs = runs;
    this.#operations = Object.entries<Json>(document.paths).flatMap(([path, methods]) =>
      Object.entries<Json>(methods)
        .filter(([method]) => ["get", "post"].includes(method) && !LEFT_OUT.test(path))
        .map(([method, { requestBody }]) => {
          const schema = requestBody?.content?.["application/json"]?.schema;
          return { method: method.toUpperCase(), path, schema };
        }),
    );
  }

  next(): SoakRequest {
    return this.#random() < REAL_SHARE ? this.#real() : this.#drawn();
  }

  #session(): string {
    return `soak-${between(this.#random, 0, SESSIONS)}`;
  }

  #pick<T>(values: readonly T[]): T | undefined {
    return values[between(this.#random, 0, values.length)];
  }

  #real(): SoakRequest {
    const kind = this.#random();
    if (kind < 0.5) return post("/v1/step", this.#step());
    if (kind < 0.8) return post("/v1/events", this.#event());
    if (kind < 0.9) return { method: "GET", path: `/v1/session/${this.#session()}?limit=20` };
    if (kind < 0.95) return { method: "GET", path: "/v1/sessions?limit=20" };
    const run = this.#pick(this.#runs);
    if (run === undefined) return { method: "GET", path: "/healthz" };
    const path = `/v1/runs/${run.runId}/records`;
    return {
      method: "POST",
      path,
      type: "application/x-ndjson",
      body: `${run.lines.join("\n")}\n`,
    };
  }

  #step(): object {
    this.#steps += 1;
    return {
      session_id: this.#session(),
      step: this.#steps,
      tool: this.#pick(TOOLS),
      content: "x".repeat(between(this.#random, 0, 2_000)),
      state_hash: `the-state-${between(this.#random, 0, 9)}`,
      tokens_used: between(this.#random, 0, 5_000),
    };
  }

  #event(): object {
    return {
      eventId: randomUUID(),
      agentId: "agent",
      sessionId: this.#session(),
      sourceTimestamp: new Date().toISOString(),
      category: "tool_api",
      schemaVersion: "1.0",
      payload: { toolName: this.#pick(TOOLS), status: this.#pick(STATUSES) },
    };
  }

  /** By the document; one in three has a field that is something else. */
  #drawn(): SoakRequest {
    const { method, path, schema } = this.#pick(this.#operations) as Operation; // There are dozens.
    const filled = path
      .replace("{runId}", "ab".repeat(16))
      .replaceAll(/\{\w+\}/g, () => encodeURIComponent(this.#session()));
    if (method === "GET") return { method, path: filled };
    const body = this.#value(schema ?? {}, 0);
    if (this.#random() < 0.33 && typeof body === "object" && body !== null) {
      const name = this.#pick(Object.keys(body));
      if (name !== undefined) (body as Record<string, Json>)[name] = this.#pick(ODD);
    }
    return post(filled, body);
  }

  #value(schema: Json, depth: number): Json {
    if (schema.const !== undefined) return schema.const;
    if (schema.enum) return this.#pick(schema.enum);
    const choices = schema.anyOf ?? schema.oneOf;
    if (choices) return this.#value(this.#pick(choices) as Json, depth);
    switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
      case "object":
        return this.#object(schema, depth);
      case "array": {
        const length = depth > 3 ? 0 : between(this.#random, 1, 4);
        return Array.from({ length }, () => this.#value(schema.items ?? {}, depth + 1));
      }
      case "integer":
        return between(this.#random, Math.max(0, schema.minimum ?? 0), 1_000);
      case "number":
        return this.#random() * 10;
      case "boolean":
        return this.#random() < 0.5;
      case "null":
        return null;
      default:
        return this.#text(schema);
    }
  }

  #object({ properties = {}, required = [] }: Json, depth: number): Json {
    const names = Object.keys(properties).filter(
      (name) => required.includes(name) || (depth < 3 && this.#random() < 0.4),
    );
    return Object.fromEntries(
      names.map((name) => [name, this.#value(properties[name], depth + 1)]),
    );
  }

  #text({ format, pattern = "" }: Json): string {
    if (format === "uuid" || pattern.includes("[0-9a-fA-F]{8}")) return randomUUID();
    if (format === "date-time") return new Date().toISOString();
    return this.#pick([this.#session(), ...TOOLS, "1.0"]) ?? "";
  }
}

const ODD: readonly Json[] = [
  "",
  "\u0000",
  "\ud800",
  "x".repeat(300),
  1e308,
  -1,
  1.5,
  null,
  {},
  [],
];

function post(path: string, body: unknown): SoakRequest {
  return { method: "POST", path, type: "application/json", body: JSON.stringify(body) ?? "" };
}
