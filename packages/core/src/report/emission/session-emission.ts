import type { SessionKeys } from "../../capture/keys/session-keys.ts";
import type { Observation } from "../../capture/observation/observation.ts";
import { readTraceParent } from "../../capture/observation/trace-parent.ts";
import type { Layer, PayloadDraft } from "../../capture/record.ts";
import type { RunIdentity, Stamp } from "../../evidence/run-writer.ts";
import {
  type EmittedSession,
  type EmittedStanding,
  type Emitter,
  emittedStanding,
} from "./emission.ts";

/** One session as its emitter is told of it. */
export class SessionEmission {
  readonly #emitter: Emitter;
  readonly #session: EmittedSession;

  constructor(emitter: Emitter, session: EmittedSession) {
    this.#emitter = emitter;
    this.#session = session;
  }

  /** Adds what the process is at work for, where the observation itself does not say it. */
  caused(observation: Observation): Observation {
    if (observation.kind === "environment" || observation.traceparent !== undefined) {
      return observation;
    }
    const traceparent = this.#emitter.traceparent?.();
    return traceparent === undefined ? observation : { ...observation, traceparent };
  }

  recorded(observation: Observation, draft: PayloadDraft & Stamp, standing: EmittedStanding): void {
    const { category, payload, sourceTimestamp } = draft;
    const traceparent = "traceparent" in observation ? observation.traceparent : undefined;
    this.#emitter.emit({
      session: this.#session,
      atMs: Date.parse(sourceTimestamp),
      // A draft pairs its category with its payload; taking it apart loses that.
      record: { category, payload } as PayloadDraft,
      standing: emittedStanding(standing),
      parent: readTraceParent(traceparent),
    });
  }

  closed({ sourceTimestamp }: Stamp, standing: EmittedStanding): void {
    const atMs = Date.parse(sourceTimestamp);
    this.#emitter.emit({ session: this.#session, atMs, standing: emittedStanding(standing) });
  }
}

interface OpenedSession extends Pick<RunIdentity, "sessionId" | "runId" | "agentId"> {
  readonly keys: SessionKeys;
  readonly agentName?: string | undefined;
  readonly layer: Layer;
}

/** All processes of this machine show one session as one trace. */
const TRACE_OF_SESSION = "trace of the session";

/** @returns undefined where nobody is told */
export function emissionOf(
  emitter: Emitter | undefined,
  { sessionId: id, keys, runId, agentId, agentName, layer }: OpenedSession,
): SessionEmission | undefined {
  if (emitter === undefined) return undefined;
  const traceId = keys.idOf(TRACE_OF_SESSION);
  return new SessionEmission(emitter, { id, runId, traceId, agentId, agentName, layer });
}
