import { type AnthropicClient, wrapAnthropic as observeAnthropic } from "@caum/anthropic";
import {
  AlertWatch,
  type DeliveryResult,
  type LocalAlert,
  type ObserverStatus,
  type SessionFacts,
} from "@caum/core";
import type { AdapterOptions } from "@caum/core/adapter";
import type { EmissionTally } from "@caum/emitter";
import { type OpenAIClient, wrapOpenAI as observeOpenAI } from "@caum/openai";
import { type AlertListener, type AlertOptions, alertOf } from "./alert.ts";
import type { InitOptions } from "./init-options.ts";
import { ObservedSession } from "./observed-session.ts";
import { Recorder } from "./recorder.ts";
import type { SessionReport } from "./session-report.ts";
import type { Step } from "./step.ts";
import type { StepVerdict } from "./verdict.ts";

const listeners = new Set<AlertListener>();
const alerts = new AlertWatch();
let recorder: Recorder | undefined;

/** Where this process reports, and how it goes. */
export interface Status extends ObserverStatus {
  /** `local`: everything stays on this machine. */
  readonly mode: "local" | "collector";
  readonly url?: string;
  readonly home: string;
  /** What became of emissions; absent unless OpenTelemetry is asked for. */
  readonly otlp?: EmissionTally;
}

/** What may be said when a client is wrapped. */
export type WrapOptions = Pick<AdapterOptions, "session" | "onDiagnostic">;

/**
 * Says who observes and where records go. Called once, before the first observation; without it
 * everything works with what the environment says, and without a key on this machine alone.
 *
 * @param apiKey `caum_live_...`; `CAUM_API_KEY` when absent
 */
export function init(apiKey?: string, options: InitOptions = {}): void {
  const { apiKey: _, ...rest } = options;
  void recorder?.emitter?.close();
  recorder = new Recorder({ ...rest, apiKey: apiKey ?? options.apiKey }, listeners, alerts);
}

/**
 * Records one step of an agent and judges its session. Synchronous, never throws; the content is
 * digested in memory and gone.
 */
export function observe(sessionId: string, step: Step): StepVerdict {
  return current().observe(sessionId, step);
}

/** Ends a session and tells how it went. */
export function end(
  sessionId: string,
  outcome: { readonly resolved?: boolean | undefined } = {},
): Promise<SessionReport> {
  return current().end(sessionId, outcome.resolved);
}

/** A session to hold on to: `using session = caum.session("task-1")` ends it with its block. */
export function session(sessionId: string, facts: SessionFacts = {}): ObservedSession {
  const owner = current();
  owner.open(sessionId, facts);
  return new ObservedSession(sessionId, owner);
}

/** Observes every model call and tool call of an OpenAI client; the same client comes back. */
export function wrapOpenAI<Client extends OpenAIClient>(
  client: Client,
  options?: WrapOptions,
): Client {
  return observeOpenAI(client, wrapOptions(options));
}

/** Observes every model call and tool call of an Anthropic client; the same client comes back. */
export function wrapAnthropic<Client extends AnthropicClient>(
  client: Client,
  options?: WrapOptions,
): Client {
  return observeAnthropic(client, wrapOptions(options));
}

/** Resolves when every record so far is safe: with the collector, or on this machine. */
export function flush(): Promise<DeliveryResult> {
  return current().flush();
}

/**
 * Tells when a session enters an alert: a loop, or tier T4 or T5 that held; or what `when` says, in
 * the words of the collector's rules.
 *
 * @returns stops telling
 * @throws {ConditionError} when a condition is none
 */
export function onAlert(listener: AlertListener, options: AlertOptions = {}): () => void {
  const { when, ...more } = options;
  if (when !== undefined) {
    const tell = ({ sessionId, condition, assessment }: LocalAlert) =>
      listener(alertOf(sessionId, assessment, condition));
    return alerts.on(when, tell, more);
  }
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function status(): Status {
  const { emitter, observer, url } = current();
  const place =
    url === undefined ? { mode: "local" as const } : { mode: "collector" as const, url };
  const otlp = emitter && { otlp: emitter.tally };
  return { ...observer.status, ...place, home: observer.home, ...otlp };
}

function current(): Recorder {
  recorder ??= new Recorder({}, listeners, alerts);
  return recorder;
}

function wrapOptions(options: WrapOptions = {}): AdapterOptions {
  const { observer, take, options: said } = current();
  const { env, home, prices, quiet } = said;
  return { ...options, observer, env, home, prices, quiet, onVerdict: take };
}
