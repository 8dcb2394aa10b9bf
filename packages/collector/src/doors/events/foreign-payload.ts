/** Payloads of foreign senders: what fits the record is kept, the rest is dropped and counted. */

import type { Op } from "@caum/core";
import { OPS, type PayloadDraft, type SessionKeys } from "@caum/core/adapter";
import { errorClassOf } from "@caum/core/collector";
import type { DoorCapture } from "../../http/capture.ts";
import { optionalLabel, present, statusOf, statusOfCode } from "../../http/capture.ts";
import { DoorError } from "../../http/door-error.ts";

export type ForeignFields = Readonly<Record<string, unknown>>;

const MAX_FOREIGN_TEXT = 128;

/** Reads a payload field by field and remembers which were used. */
class Reader {
  readonly used = new Set<string>();
  readonly #fields: ForeignFields;
  readonly #capture: DoorCapture;

  constructor(fields: ForeignFields, capture: DoorCapture) {
    this.#fields = fields;
    this.#capture = capture;
  }

  get keys(): SessionKeys {
    return this.#capture.keys;
  }

  text(name: string): string | undefined {
    const value = this.value(name);
    return typeof value === "string" && value !== "" ? value : undefined;
  }

  value(name: string): unknown {
    if (!Object.hasOwn(this.#fields, name)) return undefined;
    this.used.add(name);
    return this.#fields[name];
  }

  label(name: string): string | undefined {
    return optionalLabel(this.text(name), this.#capture);
  }

  count(name: string): number | undefined {
    const value = this.value(name);
    return Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : undefined;
  }

  /** A foreign hash or id of 1 to 128 characters, as a keyed digest. */
  digest(name: string, purpose: Parameters<SessionKeys["digest"]>[0]): string | undefined {
    const value = this.text(name);
    return value === undefined || value.length > MAX_FOREIGN_TEXT
      ? undefined
      : this.keys.digest(purpose, value);
  }

  tag(name: string): string | undefined {
    const value = this.text(name);
    return value === undefined ? undefined : this.keys.tag(value);
  }

  oneOf<T extends string>(name: string, values: readonly T[]): T | undefined {
    const value = this.value(name);
    return values.find((candidate) => candidate === value);
  }
}

/**
 * A foreign payload as ours, and how many of its fields were dropped.
 *
 * @throws {DoorError} 422 for a category that is unknown or lacks what it needs
 */
export function foreignPayload(
  category: string,
  fields: ForeignFields,
  capture: DoorCapture,
): { readonly draft: PayloadDraft; readonly dropped: number } {
  const reader = new Reader(fields, capture);
  const make = Object.hasOwn(MAKERS, category) ? MAKERS[category] : undefined;
  if (make === undefined) throw unfit(["category"], "is not a known category");
  const draft = make(reader);
  return { draft, dropped: Object.keys(fields).length - reader.used.size };
}

const MAKERS: Readonly<Record<string, (reader: Reader) => PayloadDraft>> = {
  tool_api: toolDraft,
  reasoning: reasoningDraft,
  identity: (reader) => {
    const listed = reader.value("capabilities");
    const capabilityCount =
      reader.count("capabilityCount") ?? (Array.isArray(listed) ? listed.length : undefined);
    return { category: "identity", payload: present({ capabilityCount }) };
  },
  data_movement: movementDraft,
  approval: approvalDraft,
  environment: (reader) => ({
    category: "environment",
    payload: {
      kind: reader.label("kind") ?? "change",
      ...present({
        subject: reader.label("subject"),
        changeHash: reader.digest("changeHash", "state"),
      }),
    },
  }),
  lifecycle: (reader) => {
    if (reader.value("type") !== "end") throw unfit(["payload", "type"], "must be end");
    const resolved = reader.value("resolved");
    const told =
      typeof resolved === "boolean" ? ({ resolved: resolved ? "true" : "false" } as const) : {};
    return { category: "lifecycle", payload: { type: "end", ...told } };
  },
};

function toolDraft(reader: Reader): PayloadDraft {
  const toolName = reader.label("toolName");
  if (toolName === undefined) throw unfit(["payload", "toolName"], "is required");
  const code = reader.value("responseStatus");
  const responseStatus = Number.isSafeInteger(code) ? Number(code) : undefined;
  const status = reader.value("status");
  return {
    category: "tool_api",
    payload: {
      toolName,
      status: statusOfFields(status, responseStatus),
      ...present({
        toolCallId: reader.digest("toolCallId", "name")?.slice(0, 32),
        op: reader.oneOf<Op>("op", OPS),
        phase: reader.label("phase"),
        responseStatus,
        errorClass: errorClassIn(reader),
        argumentsHash: reader.digest("argumentsHash", "args"),
        argumentsBytes: reader.count("argumentsBytes"),
        resultHash: reader.digest("resultHash", "result"),
        resultBytes: reader.count("resultBytes"),
        durationMs: reader.count("durationMs"),
        inputTokens: reader.count("inputTokens"),
        outputTokens: reader.count("outputTokens"),
        totalTokens: reader.count("totalTokens"),
        costNanoUsd: reader.count("costNanoUsd"),
        stateId: reader.digest("stateId", "state"),
        endpointHash: endpointOf(reader),
        serverTag: reader.tag("server"),
        agentTag: reader.tag("agent"),
      }),
    },
  };
}

function statusOfFields(status: unknown, code: number | undefined) {
  if (typeof status === "string" || typeof status === "boolean") return statusOf(status);
  return code === undefined ? "unknown" : statusOfCode(code);
}

function errorClassIn(reader: Reader): string | undefined {
  const text = reader.text("errorClass");
  return text ? errorClassOf(text) : undefined;
}

function endpointOf(reader: Reader): string | undefined {
  const endpoint = reader.text("endpoint");
  return endpoint === undefined ? undefined : reader.keys.digest("name", endpoint);
}

function reasoningDraft(reader: Reader): PayloadDraft {
  const status = reader.value("status");
  return {
    category: "reasoning",
    payload: {
      kind: reader.oneOf("kind", ["turn", "message"] as const) ?? "turn",
      status: status === undefined ? "ok" : statusOf(status),
      ...present({
        role: reader.oneOf("role", ["user", "assistant", "system", "agent"] as const),
        provider: reader.label("provider"),
        model: reader.label("model"),
        finishReason: reader.label("finishReason"),
        inputTokens: reader.count("inputTokens"),
        outputTokens: reader.count("outputTokens"),
        reasoningTokens: reader.count("reasoningTokens"),
        costNanoUsd: reader.count("costNanoUsd"),
        durationMs: reader.count("durationMs"),
        requestedTools: reader.count("requestedTools"),
        messageHash: reader.digest("messageHash", "message") ?? thoughtOf(reader),
        messageBytes: reader.count("messageBytes"),
        agentTag: reader.tag("agent"),
      }),
    },
  };
}

/** What was thought, as one digest: its parts are read, and are no part of the record. */
function thoughtOf(reader: Reader): string | undefined {
  const parts = ["summary", "confidence", "alternatives"].map((name) => reader.value(name) ?? null);
  if (parts.every((part) => part === null)) return undefined;
  return reader.keys.digest("message", textOf(parts));
}

function movementDraft(reader: Reader): PayloadDraft {
  const operation = reader.oneOf("operation", ["read", "write", "delete", "export"] as const);
  if (operation === undefined) throw unfit(["payload", "operation"], "is required");
  const ids = reader.value("objectIds");
  const isList = Array.isArray(ids);
  return {
    category: "data_movement",
    payload: {
      operation,
      ...present({
        objectCount: reader.count("objectCount") ?? (isList ? ids.length : undefined),
        objectsHash: isList ? reader.keys.digest("args", textOf(ids)) : undefined,
      }),
    },
  };
}

const DECISIONS = {
  granted: "granted",
  approved: "granted",
  allowed: "granted",
  denied: "denied",
  rejected: "denied",
  pending: "pending",
} as const;

function approvalDraft(reader: Reader): PayloadDraft {
  const sent = reader.text("decision") ?? "";
  // Own keys only: `constructor` is no decision.
  const decision = Object.hasOwn(DECISIONS, sent)
    ? DECISIONS[sent as keyof typeof DECISIONS]
    : "unknown";
  const scope = reader.text("scope");
  const scopeHash = scope === undefined ? undefined : reader.keys.digest("name", scope);
  return { category: "approval", payload: { decision, ...present({ scopeHash }) } };
}

/** @throws {DoorError} 422 where it is nested so deeply that it cannot be written */
function textOf(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    throw unfit(["payload"], "is nested too deeply");
  }
}

function unfit(path: readonly string[], message: string): DoorError {
  return new DoorError("NORMALIZATION_FAILED", "the event cannot be understood: see details", {
    details: [{ path, code: "NORMALIZATION_FAILED", message }],
  });
}
