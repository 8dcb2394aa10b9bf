/** The HTTP server of a witness (C2SP tlog-witness): one way in, and one to look. */
import {
  judgeSubmission,
  MAX_SUBMISSION_BYTES,
  parseSubmission,
  type Submission,
} from "@caum/core/collector";
import { EvidenceError } from "@caum/core/verify";
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply } from "fastify";
import type { RateLimit } from "../tenants/rate-limit.ts";
import type { LogKeys } from "./log-keys.ts";
import type { WitnessMemory } from "./memory.ts";

export interface WitnessParts {
  readonly memory: WitnessMemory;
  readonly logs: LogKeys;
  /** Of requests, by address. */
  readonly limit: RateLimit;
  readonly clock: () => number;
  readonly onEvent: (event: WitnessEvent) => void;
}

/** What whoever runs the witness should read. */
export type WitnessEvent =
  | { readonly event: "fork_refused"; readonly origin: string; readonly size: number }
  | { readonly event: "not_kept"; readonly reason: string };

const KEEP_ALIVE_MS = 65_000;
const REQUEST_MS = 10_000;
const MAX_CONNECTIONS = 1_000;
/** Of all collectors; beyond that a log is as unknown as any other. */
const MAX_LOGS = 10_000;
const TEXT = "text/plain; charset=utf-8";
const TOO_MANY = 429;

export function buildWitnessServer(parts: WitnessParts): FastifyInstance {
  const app = Fastify({
    logger: false,
    bodyLimit: MAX_SUBMISSION_BYTES,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: REQUEST_MS,
    forceCloseConnections: "idle",
  });
  app.server.maxConnections = MAX_CONNECTIONS;
  app.removeAllContentTypeParsers();
  // Whatever a client calls it, it is read as what it has to be.
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.addHook("onRequest", (request, reply, done) => {
    const waitSeconds = parts.limit.take(request.ip, 1);
    if (waitSeconds === undefined) return done();
    reply.header("retry-after", waitSeconds);
    return tell(reply, TOO_MANY, "too many requests");
  });
  app.setErrorHandler((failure: FastifyError | Error, _request, reply) =>
    answerFailure(failure, reply, parts),
  );
  app.setNotFoundHandler((_request, reply) => tell(reply, 404, "there is no such path"));
  app.post("/add-checkpoint", (request, reply) => {
    const { body } = request;
    return addCheckpoint(Buffer.isBuffer(body) ? body : Buffer.of(), reply, parts);
  });
  app.get<{ Params: { hash: string } }>("/:hash/checkpoint", (request, reply) => {
    const seen = parts.memory.byHash(request.params.hash);
    if (seen === undefined) return tell(reply, 404, "no checkpoint of such a log was cosigned");
    return reply.type(TEXT).header("cache-control", "no-store").send(seen.note);
  });
  return app;
}

/** Judged and remembered in one go: nothing else happens between the two. */
function addCheckpoint(body: Uint8Array, reply: FastifyReply, parts: WitnessParts): FastifyReply {
  const submission = parseSubmission(body);
  const { origin } = submission.checkpoint;
  const keys = parts.logs.of(origin);
  const seen = parts.memory.of(origin);
  const hasRoom = seen !== undefined || parts.memory.size < MAX_LOGS;
  const judgement = judgeSubmission(submission, hasRoom ? keys : [], seen);
  if (judgement.status === 200) {
    const line = parts.memory.cosign(submission, keys, Math.floor(parts.clock() / 1_000));
    return reply.type(TEXT).send(line);
  }
  if (judgement.status === 409) {
    return reply.code(409).header("content-type", "text/x.tlog.size").send(`${judgement.size}\n`);
  }
  if (judgement.status === 422 && judgement.isFork) reportFork(submission, parts);
  return tell(reply, judgement.status, judgement.why);
}

function reportFork(submission: Submission, { memory, onEvent }: WitnessParts): void {
  const { origin, size } = submission.checkpoint;
  onEvent({ event: "fork_refused", origin, size });
  memory.keepFork(submission);
}

function answerFailure(failure: FastifyError | Error, reply: FastifyReply, parts: WitnessParts) {
  if (failure instanceof EvidenceError) return tell(reply, 400, failure.message);
  const status = "statusCode" in failure ? failure.statusCode : undefined;
  if (status !== undefined && status < 500) {
    return tell(reply, status, "the request cannot be read");
  }
  const reason = "code" in failure ? String(failure.code) : failure.name;
  parts.onEvent({ event: "not_kept", reason });
  return tell(reply, 503, "the checkpoint cannot be kept at the moment, so it is not cosigned");
}

function tell(reply: FastifyReply, status: number, sentence: string): FastifyReply {
  return reply.code(status).type(TEXT).send(`${sentence}\n`);
}
