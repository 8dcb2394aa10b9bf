import { join } from "node:path";
import {
  type AlertWatch,
  createObserver,
  type DeliveryResult,
  type Evidence,
  type Observer,
  type ObserverOptions,
  type SessionFacts,
  VERSION,
  type Verdict,
} from "@caum/core";
import { endModelSession, RecentMap } from "@caum/core/adapter";
import { Health } from "@caum/core/health";
import { loadWriterKey } from "@caum/core/machine";
import { type Configuration, loadConfiguration, shellWord } from "@caum/core/settings";
import { type OpenEmitter, openEmitter } from "@caum/emitter";
import { type Alert, type AlertListener, alertOf } from "./alert.ts";
import type { InitOptions } from "./init-options.ts";
import { type SessionReport, sessionReport } from "./session-report.ts";
import { SessionSoFar } from "./session-so-far.ts";
import { observationOf, type Step, sessionFactsOf } from "./step.ts";
import { type StepVerdict, stepVerdictOf } from "./verdict.ts";

/** Sessions whose course is remembered at once; as many as core keeps open. */
const MAX_SESSIONS = 2_000;
const NO_HASH = "0".repeat(64);
const NO_EVIDENCE: Evidence = { runId: "", chainHead: NO_HASH, merkleRoot: NO_HASH };
const NOTHING_DELIVERED: DeliveryResult = {
  accepted: 0,
  duplicate: 0,
  rejected: 0,
  spooled: 0,
  dropped: 0,
};

/** What this process observes, through whatever way in. */
export class Recorder {
  readonly observer: Observer;
  readonly options: InitOptions;
  /** The collector; absent when everything stays on this machine. */
  readonly url: string | undefined;
  /** Absent unless OpenTelemetry is asked for. */
  readonly emitter: OpenEmitter | undefined;
  readonly #sessions = new RecentMap<string, SessionSoFar>(MAX_SESSIONS);
  readonly #listeners: Set<AlertListener>;
  readonly #alerts: AlertWatch;

  constructor(options: InitOptions, listeners: Set<AlertListener>, alerts: AlertWatch) {
    this.options = options;
    this.#listeners = listeners;
    this.#alerts = alerts;
    const { url, otlp } = settingsOf(options);
    this.url = url;
    this.emitter = openEmitter({
      to: otlp,
      service: { name: options.agentId ?? IDENTITY.writer, version: VERSION },
      env: options.env,
      onProblem: (message) => tell(options, message),
    });
    this.observer = createObserver({ ...observerOptions(options), alerts, emitter: this.emitter });
  }

  /** Never throws: what cannot be observed is answered like a session that has just begun. */
  observe(sessionId: string, step: Step): StepVerdict {
    try {
      const session = this.observer.session(sessionId, sessionFactsOf(step));
      this.#stateOf(sessionId).addUsage(step.tokensUsed, step.costUsd);
      this.#alerts.takeFired();
      const verdict = session.observe(observationOf(step));
      const rulesFired = this.#alerts.takeFired();
      return stepVerdictOf(verdict, { alertFired: this.take(verdict, sessionId), rulesFired });
    } catch {
      return this.#unobserved(sessionId);
    }
  }

  /**
   * Takes a verdict of whatever way in.
   *
   * @returns whether the session entered an alert with it
   */
  readonly take = (verdict: Verdict, sessionId: string): boolean => {
    const entered = this.#stateOf(sessionId).take(verdict);
    if (entered) this.#tell(alertOf(sessionId, verdict));
    return entered;
  };

  open(sessionId: string, facts: SessionFacts): void {
    try {
      this.observer.session(sessionId, facts);
    } catch {
      // The first step opens it without the facts, or is not observed either.
    }
  }

  /** Ends a session, closes its run, and waits for the delivery as long as the reporter does. */
  async end(sessionId: string, resolved: boolean | undefined): Promise<SessionReport> {
    const state = this.#stateOf(sessionId);
    // How it stood: what is given up at the end says nothing about the work.
    const { last } = state;
    const delivered = this.#close(sessionId, resolved);
    this.#sessions.delete(sessionId);
    const evidence = last?.evidence ?? NO_EVIDENCE;
    const ended = { id: sessionId, state, assessment: last ?? new Health().current(), resolved };
    const verify = this.#verifyLine(sessionId, evidence);
    return sessionReport({ ...ended, evidence, verify, delivery: await delivered });
  }

  /** What is open in the session is given up, so that nothing comes after its end. */
  async #close(sessionId: string, resolved: boolean | undefined): Promise<DeliveryResult> {
    try {
      endModelSession(this.observer, sessionId);
      // The record is made at once; its delivery is part of the flush below.
      this.observer
        .session(sessionId)
        .end({ resolved })
        .catch(() => undefined);
      await this.observer.closeSession(sessionId);
      return await this.flush();
    } catch {
      return NOTHING_DELIVERED;
    }
  }

  /** Delivers records, and brings what is emitted to its receiver as far as that answers. */
  async flush(): Promise<DeliveryResult> {
    const [delivery] = await Promise.all([this.observer.flush(), this.emitter?.flush()]);
    return delivery;
  }

  #verifyLine(sessionId: string, { runId }: Evidence): string {
    if (this.url !== undefined) return `npx caum export ${shellWord(sessionId)} --out bundle`;
    const { vkey } = loadWriterKey({ home: this.observer.home });
    const run = shellWord(join(this.observer.home, "runs", runId));
    return `npx caum verify ${run} --key ${shellWord(vkey)}`;
  }

  #stateOf(sessionId: string): SessionSoFar {
    const known = this.#sessions.get(sessionId);
    if (known !== undefined) return known;
    const state = new SessionSoFar();
    this.#sessions.set(sessionId, state);
    return state;
  }

  #unobserved(sessionId: string): StepVerdict {
    const last = this.#sessions.get(sessionId)?.last;
    return stepVerdictOf(last ?? { ...new Health().current(), evidence: NO_EVIDENCE });
  }

  #tell(alert: Alert): void {
    for (const listener of this.#listeners) {
      try {
        listener(alert);
      } catch {
        // A listener's failure is its own; the agent goes on.
      }
    }
  }
}

const IDENTITY = {
  writer: "caum",
  writerVersion: VERSION,
  layer: "framework",
  view: "full",
} as const;

function observerOptions(options: InitOptions): ObserverOptions {
  const { agentId, agentVersion, apiKey, url, home, env, hashNames, onProblem, waitUntil } =
    options;
  const upstream = { apiKey, url };
  const who = { ...IDENTITY, agentId, agentVersion, hashNames };
  return { ...who, home, env, upstream, onProblem, waitUntil };
}

/** One line on standard error where nobody asked to be told, as an observer does. */
function tell({ onProblem }: InitOptions, message: string): void {
  try {
    const problem = { code: "not_emitted", message } as const;
    if (onProblem) onProblem(problem);
    else process.emitWarning(message, { type: "CaumWarning", code: problem.code });
  } catch {
    // The host's own handler failed; the host must not notice us.
  }
}

function settingsOf({ apiKey, url, home, env, otlp }: InitOptions): Configuration {
  return loadConfiguration({ arguments: { apiKey, url, home, otlp }, env });
}
