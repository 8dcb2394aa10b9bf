/**
 * OpenTelemetry: any agent that exports traces or logs. Content is dropped where it arrives: what is
 * kept of a call or a turn is what every other door keeps.
 *
 * Answers are those that exporters need. They send again after 429 and 503 alone, and not when told to
 * wait for long; whatever else they are answered with loses the batch without a word.
 */
import {
  decode,
  encodeProtobufAnswer,
  readTelemetry,
  type Signal,
  TraceNotes,
  tracesToAwait,
} from "@caum/otlp";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { admit, ownerOf } from "../../gate/caller.ts";
import { DoorError } from "../../http/door-error.ts";
import type { EventIntake, Outcome } from "../../ingest/intake.ts";
import type { TenantRow } from "../../rows/tenant-rows.ts";
import type { Services } from "../../services.ts";
import { LogTraces } from "./log-traces.ts";
import { LargeBodies, withBody } from "./otlp-body.ts";
import { SessionNames } from "./session-names.ts";
import { intakesOf, tie } from "./telemetry-intake.ts";

/** Langfuse's and LangSmith's senders put a prefix of their own before the path. */
const PREFIXES = ["", "/api/public/otel", "/otel"];
/** Exporters that are told to wait for longer drop the batch at once. */
const MAX_RETRY_SECONDS = 5;

/** What the door remembers between requests of all senders. */
interface Memory {
  readonly names: SessionNames;
  readonly notes: Map<number, TraceNotes>;
  readonly logTraces: Map<number, LogTraces>;
  readonly places: LargeBodies;
}

export function openOtlpDoor(app: FastifyInstance, services: Services): void {
  const memory: Memory = {
    names: new SessionNames(services.store.reader),
    notes: new Map(),
    logTraces: new Map(),
    places: new LargeBodies(),
  };
  app.register(async (door) => {
    // Bodies are read in the handler: who sends them is known by then.
    door.removeAllContentTypeParsers();
    door.addContentTypeParser("*", (_request, body, done) => done(null, body));
    door.addHook("onRequest", (request, _reply, done) => {
      request.headers.authorization = authorizationOf(request);
      done();
    });
    for (const prefix of PREFIXES) {
      const schema = { hide: prefix !== "", ...DOCUMENTED };
      for (const signal of ["traces", "logs"] as const) {
        door.post(`${prefix}/v1/${signal}`, { schema }, (request, reply) =>
          take(request, reply, signal, services, memory),
        );
      }
      door.post(`${prefix}/v1/metrics`, { schema }, (request, reply) =>
        dropMetrics(request, reply, services),
      );
    }
  });
}

const DOCUMENTED = { consumes: ["application/x-protobuf", "application/json"] };

/** The key as these senders can be set to give it: as a bearer, a password or in a header of its own. */
function authorizationOf({ headers }: FastifyRequest): string | undefined {
  const { authorization } = headers;
  const own = headers["x-api-key"] ?? headers["x-caum-key"];
  if (authorization === undefined) return typeof own === "string" ? `Bearer ${own}` : undefined;
  const basic = /^Basic +([A-Za-z0-9+/=]+)$/i.exec(authorization)?.[1];
  if (basic === undefined) return authorization;
  const [user = "", password = ""] = Buffer.from(basic, "base64").toString("utf8").split(":", 2);
  return `Bearer ${password === "" ? user : password}`;
}

async function take(
  request: FastifyRequest,
  reply: FastifyReply,
  signal: Signal,
  services: Services,
  memory: Memory,
) {
  const owner = await ownerOf(request, services, "ingest");
  const encoding = isJson(request) ? "json" : "protobuf";
  const notUnderstood = await withBody(request, memory.places, async (body) => {
    const telemetry = await decode(body, signal, encoding).catch(() => {
      throw new DoorError("VALIDATION_ERROR", "the body is no OTLP request");
    });
    const logTraces = ofTenant(memory.logTraces, owner, () => new LogTraces());
    await logTraces.await(tracesToAwait(telemetry));
    const notes = ofTenant(memory.notes, owner, () => new TraceNotes());
    const reading = readTelemetry(telemetry, notes);
    const intakes: EventIntake[] = [];
    for (const group of reading.groups) {
      intakes.push(...(await intakesOf(group, owner, memory.names, services)));
    }
    for (const names of reading.links) await tie(names, owner, memory.names, services);
    logTraces.came(telemetry.logs.map(({ traceId }) => traceId));
    if (intakes.length > 0) admitSoon(owner, services, intakes.length);
    const outcomes = await Promise.all(intakes.map((intake) => services.store.submit(intake)));
    for (const outcome of outcomes) throwIfToRepeat(outcome);
    services.metrics.telemetryRead(signal, intakes.length, reading.notUnderstood);
    return reading.notUnderstood;
  });
  return answer(reply, signal, encoding, notUnderstood);
}

/** Nothing in metrics is about a call: they are taken, so that nobody sends them again. */
async function dropMetrics(request: FastifyRequest, reply: FastifyReply, services: Services) {
  await ownerOf(request, services, "ingest");
  return answer(reply, "traces", isJson(request) ? "json" : "protobuf", 0);
}

function isJson({ headers }: FastifyRequest): boolean {
  return (headers["content-type"] ?? "").includes("json");
}

/** What is remembered of a tenant's senders: ids of spans and traces are told apart within it. */
function ofTenant<T>(known: Map<number, T>, { tenant }: TenantRow, make: () => T): T {
  const found = known.get(tenant) ?? make();
  known.set(tenant, found);
  return found;
}

function admitSoon(owner: TenantRow, services: Services, events: number): void {
  try {
    admit(owner, services, events);
  } catch (failure) {
    if (!(failure instanceof DoorError) || failure.retryAfterSeconds === undefined) throw failure;
    const retryAfterSeconds = Math.min(failure.retryAfterSeconds, MAX_RETRY_SECONDS);
    throw new DoorError(failure.code as "RATE_LIMITED", failure.message, { retryAfterSeconds });
  }
}

/** A session that was deleted stays deleted; whatever else was not stored comes again. */
function throwIfToRepeat(outcome: Outcome): void {
  if (outcome.kind !== "refused" || outcome.code === "GONE" || outcome.code === "NOT_FOUND") return;
  throw new DoorError("UNAVAILABLE", "not everything could be stored: send it again", {
    retryAfterSeconds: MAX_RETRY_SECONDS,
  });
}

async function answer(
  reply: FastifyReply,
  signal: Signal,
  encoding: "json" | "protobuf",
  notUnderstood: number,
) {
  const rejected = signal === "traces" ? "rejectedSpans" : "rejectedLogRecords";
  const partialSuccess = {
    [rejected]: notUnderstood,
    errorMessage: "no reader for their instrumentation scope: see docs/opentelemetry.md",
  };
  const message = notUnderstood > 0 ? { partialSuccess } : {};
  if (encoding === "json") return reply.type("application/json").send(message);
  const bytes = notUnderstood > 0 ? await encodeProtobufAnswer(signal, message) : new Uint8Array();
  return reply.type("application/x-protobuf").send(Buffer.from(bytes));
}
