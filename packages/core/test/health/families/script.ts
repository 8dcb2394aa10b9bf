import { createHash } from "node:crypto";
import type { Step } from "../../../src/health/step/step.ts";

/** What a call is made of; texts are digested as a client would, so equal texts are equal. */
export interface CallFacts {
  readonly tool: string;
  readonly op?: Step["op"];
  /** Arguments; UUIDs in it are masked in the norm, numbers in the shape. Undefined: not known. */
  readonly asks?: string;
  /** Result; undefined: not known. */
  readonly answers?: string;
  readonly status?: Step["status"];
  readonly gapMs?: number;
  readonly more?: Partial<Step>;
}

/** Writes a session down step by step, from a seed: the same seed, the same session. */
export class Script {
  readonly steps: Step[] = [];
  #state: number;
  #atMs = 1_700_000_000_000;
  #serial = 0;

  constructor(seed: number) {
    this.#state = seed >>> 0 || 1;
  }

  /** A whole number from `low` to `high`. */
  between(low: number, high: number): number {
    // xorshift32: enough for varied sessions.
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    this.#state >>>= 0;
    return low + (this.#state % (high - low + 1));
  }

  pick<T>(from: readonly T[]): T {
    const picked = from[this.between(0, from.length - 1)];
    if (picked === undefined) throw new RangeError("nothing to pick from");
    return picked;
  }

  /** A text that was never used before, without a digit. */
  fresh(): string {
    this.#serial += 1;
    const letters = [...String(this.#serial)].map((digit) => "abcdefghij"[Number(digit)]);
    return `text ${letters.join("")} ${this.pick(["north", "south", "east", "west"])} of the long street`;
  }

  /** A UUID that was never used before. */
  uuid(): string {
    this.#serial += 1;
    return `00000000-0000-4000-a000-${String(this.#serial).padStart(12, "0")}`;
  }

  call(facts: CallFacts): this {
    this.#atMs += facts.gapMs ?? this.between(1_500, 9_000);
    this.steps.push({
      kind: "call",
      tool: facts.tool,
      atMs: this.#atMs,
      ...(facts.op !== undefined && { op: facts.op }),
      ...(facts.status !== undefined && { status: facts.status }),
      ...(facts.asks !== undefined && digested(facts.asks, "arguments")),
      ...(facts.answers !== undefined && digested(facts.answers, "result")),
      ...facts.more,
    });
    return this;
  }

  say(text: string, who = "assistant"): this {
    this.#atMs += this.between(1_500, 9_000);
    this.steps.push({ kind: "message", tool: who, messageHash: hash(text), atMs: this.#atMs });
    return this;
  }

  user(text: string): this {
    this.#atMs += this.between(1_500, 9_000);
    this.steps.push({ kind: "user", tool: "user", messageHash: hash(text), atMs: this.#atMs });
    return this;
  }

  /** Ordinary work: different tools, mostly successful, never twice the same. */
  work(steps: number): this {
    for (let count = 0; count < steps; count++) {
      const [tool, op] = this.pick([
        ["read_file", "read"],
        ["grep", "search"],
        ["edit", "write"],
        ["run_tests", "test"],
        ["bash", "run"],
        ["web_search", "search"],
      ] as const);
      const fails = this.between(1, 12) === 1;
      this.call({
        tool,
        op,
        asks: this.fresh(),
        answers: this.fresh(),
        status: fails ? "error" : "ok",
      });
    }
    return this;
  }
}

const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

function digested(text: string, side: "arguments" | "result"): Partial<Step> {
  const masked = text.replaceAll(UUID, "uuid");
  const norm = hash(masked);
  const shape = hash(masked.replace(/\d+/g, "0"));
  if (side === "result") {
    return { resultNorm: norm, resultShape: shape, resultBytes: text.length };
  }
  return {
    argumentsNorm: norm,
    argumentsShape: shape,
    argumentsBytes: text.length,
    ...(masked !== text && { argumentsHash: hash(text) }),
  };
}

export function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
