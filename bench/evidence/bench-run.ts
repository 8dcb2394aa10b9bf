/** The runs that are measured. */
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { signRun } from "../../packages/core/src/evidence/local-run.ts";
import type { Signer } from "../../packages/core/src/evidence/note/signer.ts";
import { type Draft, RunWriter } from "../../packages/core/src/evidence/run-writer.ts";
import { sha256 } from "../../packages/core/src/evidence/tree/leaf.ts";

export const hashOf = (text: string) => sha256(text);
export const stamp = (number: number) => ({
  eventId: `019a0000-0000-7000-8000-${number.toString(16).padStart(12, "0")}`,
  sourceTimestamp: "2026-11-21T02:00:00.000Z",
});

/** A tool call as the framework adapters record it: 24 fields, about 900 bytes. */
export function draftOf(number: number): Draft {
  return {
    ...stamp(number),
    category: "tool_api",
    payload: {
      toolName: "browser.get",
      status: "ok",
      op: "read",
      toolCallId: "call_0123456789abcdef",
      argumentsHash: hashOf(`a${number}`),
      argumentsNormHash: hashOf(`n${number}`),
      argumentsSignature: "o2:1a2b.s5,77aa.n2",
      argumentsBytes: 100,
      resultHash: hashOf(`r${number}`),
      resultBytes: 4_000,
      durationMs: 12,
      inputTokens: 754,
      outputTokens: 50,
      costNanoUsd: 50_965_000,
    },
  };
}

export function openedRun(): { readonly writer: RunWriter; readonly openLine: string } {
  const writer = new RunWriter({
    agentId: "support-bot",
    sessionId: "s-0123456789abcdef",
    runId: "a".repeat(32),
    agentVersion: "1.2.3",
    sourceFramework: "langchain",
  });
  const opened = writer.open(
    {
      writer: "@caum/bench",
      writerVersion: "0.1.0",
      layer: "framework",
      view: "full",
      digestKeyId: "k1",
      digestKeyCommitment: hashOf("key"),
    },
    stamp(0),
  );
  return { writer, openLine: opened.line };
}

/** Writes a signed, closed local run of `records` records into a new folder. */
export function writeRun(folder: string, signer: Signer, records: number): void {
  const { writer: run, openLine } = openedRun();
  mkdirSync(join(folder, "checkpoints"), { recursive: true });
  const file = openSync(join(folder, "records.ndjson"), "wx");
  let waiting = `${openLine}\n`;
  for (let index = 1; index < records - 1; index += 1) {
    waiting += `${run.append(draftOf(index)).line}\n`;
    if (waiting.length > 1_000_000) {
      writeSync(file, waiting);
      waiting = "";
    }
  }
  writeSync(file, `${waiting}${run.close(0, stamp(records)).line}\n`);
  closeSync(file);
  writeFileSync(join(folder, "checkpoints", "head.note"), signRun(run, signer));
}
