/** Runs v1: native canonical lines, verified and stored as they are. */

import { MAX_RUN_LINES, runAnswer, runIdParameter } from "@caum/core/protocol";
import { hashLeaf, readLine } from "@caum/core/verify";
import { MAX_LINE_BYTES } from "@caum/core/verify/rules";
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { z } from "zod";
import { admit, ownerOf } from "../gate/caller.ts";
import { SENDER_ERRORS } from "../gate/trial.ts";
import { DoorError, refusalError } from "../http/door-error.ts";
import { parse } from "../http/parse.ts";
import { rounded } from "../http/told-figures.ts";
import { posesAsCollector } from "../ingest/door-run.ts";
import type { LineResult, Outcome, RecordsOutcome } from "../ingest/intake.ts";
import type { TenantRow } from "../rows/tenant-rows.ts";
import type { Services } from "../services.ts";
import { isAlert } from "./live/live-answer.ts";

const BODY_BYTES = 4 * 1024 * 1024;

export function openRunsDoor(app: FastifyInstance, services: Services): void {
  app.post<{ Params: { runId: string } }>(
    "/v1/runs/:runId/records",
    {
      bodyLimit: BODY_BYTES,
      schema: {
        params: runIdParameter,
        consumes: ["application/x-ndjson"],
        response: { 200: runAnswer, ...SENDER_ERRORS },
      },
    },
    (request) => takeLines(request, services),
  );
}

async function takeLines(request: FastifyRequest, services: Services) {
  const owner = await ownerOf(request, services, "ingest");
  const { runId } = parse(runIdParameter, request.params);
  const receivedMs = services.clock();
  const outcome = await submitLines(request, services, { owner, runId, receivedMs });
  if (outcome.kind !== "records") {
    throw refusalError(outcome.kind === "refused" ? outcome.code : "INTERNAL_ERROR");
  }
  return answerOf(outcome, runId, receivedMs);
}

interface Place {
  readonly owner: TenantRow;
  readonly runId: string;
  readonly receivedMs: number;
}

/** Lets go of the body: it is large, and its answer waits for the disk. */
function submitLines(
  request: FastifyRequest,
  services: Services,
  { owner, runId, receivedMs }: Place,
): Promise<Outcome> {
  const lines = linesOf(request.body);
  request.body = undefined;
  admit(owner, services, lines.length);
  const sessionId = sessionOf(lines, runId);
  const leaves = lines.map(hashLeaf);
  const place = { tenant: owner.tenant, receivedMs, sessionId, runId };
  return services.store.submit({ kind: "records", ...place, lines, leaves });
}

/** The lines of a body; the last may end without a newline. */
export function linesOf(body: unknown): readonly string[] {
  if (typeof body !== "string") {
    throw new DoorError("UNSUPPORTED_MEDIA_TYPE", "send one record a line, application/x-ndjson");
  }
  const lines = (body.endsWith("\n") ? body.slice(0, -1) : body).split("\n");
  if (lines.length > MAX_RUN_LINES) {
    throw new DoorError("PAYLOAD_TOO_LARGE", `send at most ${MAX_RUN_LINES} lines at once`);
  }
  return lines;
}

/**
 * The one session that all lines are of.
 *
 * @throws {DoorError} 400 naming the first line that is not its own canonical form, of another run
 *   or session, or of a run that only a collector may write; nothing is stored then
 */
function sessionOf(lines: readonly string[], runId: string): string {
  let sessionId: string | undefined;
  for (const [at, line] of lines.entries()) {
    const read = Buffer.byteLength(line) > MAX_LINE_BYTES ? undefined : readLine(line);
    if (read === undefined || !("record" in read)) throw notCanonical(at + 1, read?.field);
    sessionId ??= read.record.sessionId;
    if (posesAsCollector(read.record)) throw posing(at + 1);
    if (read.record.runId !== runId) throw misplaced(at + 1, "runId");
    if (read.record.sessionId !== sessionId) throw misplaced(at + 1, "sessionId");
  }
  if (sessionId === undefined) throw notCanonical(1, undefined);
  return sessionId;
}

function notCanonical(line: number, field: string | undefined): DoorError {
  const message = "a line is not its own canonical form: nothing was stored, set it aside";
  const path = ["line", line, ...(field === undefined ? [] : field.split("."))];
  const detail = field === undefined ? "is not canonical" : "does not fit the schema";
  return new DoorError("NOT_CANONICAL", message, {
    details: [{ path, code: "NOT_CANONICAL", message: detail }],
  });
}

function posing(line: number): DoorError {
  const message =
    "this run says that a collector wrote it, and only a collector may: nothing was stored";
  return new DoorError("VALIDATION_ERROR", message, {
    details: [{ path: ["line", line], code: "POSES_AS_COLLECTOR", message: "is not a sender's" }],
  });
}

function misplaced(line: number, field: string): DoorError {
  const message = "all lines of a request are of one run and one session: nothing was stored";
  return new DoorError("VALIDATION_ERROR", message, {
    details: [{ path: ["line", line, field], code: "MISPLACED", message: "differs" }],
  });
}

function answerOf(
  outcome: RecordsOutcome,
  runId: string,
  receivedMs: number,
): z.input<typeof runAnswer> {
  const { head, results, accepted } = outcome;
  const duplicate = results.filter(({ status }) => status === "duplicate").length;
  const { standing } = head;
  return {
    run_id: runId,
    session_id: head.sessionId,
    accepted,
    duplicate,
    rejected: results.length - duplicate,
    results: results.map(lineAnswer),
    next_seq: outcome.nextSeq,
    run_head: outcome.runHead,
    state: {
      regime: standing.regime,
      tier: standing.tier,
      uds: rounded(standing.uds),
      public_class: standing.publicClass,
      live_alert: isAlert(standing),
    },
    evidence: { merkle_root: head.root, tree_size: head.size, run_count: head.runs },
    received_at: new Date(receivedMs).toISOString(),
  };
}

const CODES = { duplicate: "DUPLICATE", gap: "GAP", fork: "FORK" } as const;

function lineAnswer(result: LineResult) {
  return { ...result, code: CODES[result.status] };
}
