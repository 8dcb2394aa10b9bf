import type { PayloadDraft } from "../../capture/record.ts";
import type { Assessment } from "../assessment.ts";
import { type AlertMemory, UNTOLD } from "./alert-memory.ts";
import {
  type Condition,
  formatCondition,
  type KnownNames,
  NAMELESS,
  openCallSeconds,
  parseCondition,
} from "./condition/condition.ts";
import { ConditionError } from "./condition/condition-reader.ts";
import { type RulePace, watchCondition } from "./watch.ts";

/** A rule that fired in this process. */
export interface LocalAlert {
  readonly sessionId: string;
  /** The condition that was met, in its canonical form. */
  readonly condition: string;
  /** How the session stood. */
  readonly assessment: Assessment;
}

export type LocalAlertListener = (alert: LocalAlert) => void;

interface Rule {
  readonly condition: Condition;
  readonly pace: RulePace;
  readonly tell: LocalAlertListener;
}

/** Does something later, unless it is told not to. */
export type Schedule = (work: () => void, waitMs: number) => () => void;

/** A record of a session, with how the session stands after it. */
export interface Watchable {
  readonly draft: PayloadDraft & { readonly sourceTimestamp: string };
  readonly assessment: Assessment;
}

const DEFAULT_COOLDOWN_SECONDS = 300;
/** More than one step fires; what nobody asks for does not pile up. */
const MAX_FIRED = 100;
/** As many as a collector knows of a session: this is looked through with each call. */
const MAX_SERVERS = 16;
/** A longer wait is more than a timer can hold. */
const MAX_WAIT_MS = 2 ** 31 - 1;

/** Alert rules of this process, with the same conditions as the collector's. */
export class AlertWatch {
  readonly #rules = new Set<Rule>();
  readonly #schedule: Schedule;
  #fired: string[] = [];

  constructor(schedule: Schedule = scheduleQuietly) {
    this.#schedule = schedule;
  }

  /** Conditions that were met since this was asked last, at most {@link MAX_FIRED}. */
  takeFired(): readonly string[] {
    const fired = this.#fired;
    if (fired.length > 0) this.#fired = [];
    return fired;
  }

  /**
   * Tells when one of the conditions is met.
   *
   * @param conditions for example `tier>=T4`, `cost>5`: see docs/alerts.md
   * @returns stops telling
   * @throws {ConditionError} when one is none
   */
  on(
    conditions: readonly string[],
    tell: LocalAlertListener,
    {
      cooldownSeconds = DEFAULT_COOLDOWN_SECONDS,
      dwellSteps = 0,
    }: { readonly cooldownSeconds?: number; readonly dwellSteps?: number } = {},
  ): () => void {
    const pace = { cooldownMs: cooldownSeconds * 1_000, dwellSteps };
    const rules = conditions.map((text) => ({
      condition: parsed(text),
      pace,
      tell,
    }));
    for (const rule of rules) this.#rules.add(rule);
    return () => {
      for (const rule of rules) this.#rules.delete(rule);
    };
  }

  /** What looks at one session. */
  session(sessionId: string, names: Omit<KnownNames, "servers"> = NAMELESS): SessionWatch {
    const fire = (rule: Rule, assessment: Assessment) => {
      if (!this.#rules.has(rule)) return;
      const condition = formatCondition(rule.condition);
      if (this.#fired.length < MAX_FIRED) this.#fired.push(condition);
      try {
        rule.tell({ sessionId, condition, assessment });
      } catch {
        // A listener's failure is its own; the agent goes on.
      }
    };
    return new SessionWatch(this.#rules, this.#schedule, fire, names);
  }
}

/** Of several conditions, the one that is none. */
function parsed(text: string): Condition {
  try {
    return parseCondition(text);
  } catch (failure) {
    if (failure instanceof ConditionError) failure.message = `"${text}" ${failure.message}`;
    throw failure;
  }
}

/** What the rules of a process remember of one session. */
export class SessionWatch {
  readonly #rules: ReadonlySet<Rule>;
  readonly #schedule: Schedule;
  readonly #fire: (rule: Rule, assessment: Assessment) => void;
  readonly #names: Omit<KnownNames, "servers">;
  /** Servers whose tools were called. */
  readonly #servers: string[] = [];
  readonly #memories = new WeakMap<Rule, AlertMemory>();
  /** Cancels what waits for a call to be open for too long. */
  readonly #open = new Map<string, () => void>();
  #costNanoUsd = 0;

  constructor(
    rules: ReadonlySet<Rule>,
    schedule: Schedule,
    fire: (rule: Rule, assessment: Assessment) => void,
    names: Omit<KnownNames, "servers">,
  ) {
    this.#rules = rules;
    this.#schedule = schedule;
    this.#fire = fire;
    this.#names = names;
  }

  see({ draft, assessment }: Watchable): void {
    // Summed up without rules as well: a rule may come later.
    if ("costNanoUsd" in draft.payload) this.#costNanoUsd += draft.payload.costNanoUsd ?? 0;
    this.#noteServer(draft);
    if (this.#rules.size === 0) return;
    const sighting = {
      assessment,
      costNanoUsd: this.#costNanoUsd,
      names: { ...this.#names, servers: this.#servers },
      isToolChange: draft.category === "environment" && draft.payload.kind === "tool_definition",
      nowMs: Date.parse(draft.sourceTimestamp),
    };
    for (const rule of this.#rules) {
      const known = this.#memories.get(rule) ?? UNTOLD;
      const { memory, fires } = watchCondition(rule.condition, rule.pace, known, sighting);
      this.#memories.set(rule, memory);
      if (fires) this.#fire(rule, assessment);
    }
    this.#noteCall(draft, assessment);
  }

  /** The session is over: nothing is waited for any more. */
  close(): void {
    for (const cancel of this.#open.values()) cancel();
    this.#open.clear();
  }

  #noteServer({ category, payload }: PayloadDraft): void {
    if (category !== "tool_api" || payload.serverTag === undefined) return;
    const isKnown = this.#servers.includes(payload.serverTag);
    if (!isKnown && this.#servers.length < MAX_SERVERS) this.#servers.push(payload.serverTag);
  }

  #noteCall(draft: PayloadDraft, assessment: Assessment): void {
    if (draft.category !== "tool_api" || draft.payload.toolCallId === undefined) return;
    const { toolCallId, status, durationMs = 0 } = draft.payload;
    if (status !== "pending") {
      this.#open.get(toolCallId)?.();
      this.#open.delete(toolCallId);
    } else if (!this.#open.has(toolCallId)) {
      const { serverTag } = draft.payload;
      const servers = serverTag === undefined ? [] : [serverTag];
      const names = { ...this.#names, servers };
      const cancels = [...this.#rules].map((rule) =>
        this.#arm(rule, openCallSeconds(rule.condition, names), durationMs, assessment),
      );
      this.#open.set(toolCallId, () => {
        for (const cancel of cancels) cancel();
      });
    }
  }

  #arm(
    rule: Rule,
    seconds: number | undefined,
    openMs: number,
    assessment: Assessment,
  ): () => void {
    if (seconds === undefined) return () => {};
    const waitMs = Math.max(0, seconds * 1_000 - openMs);
    if (waitMs > MAX_WAIT_MS) return () => {};
    return this.#schedule(() => this.#fire(rule, assessment), waitMs);
  }
}

/** A timer that keeps no process alive. */
function scheduleQuietly(work: () => void, waitMs: number): () => void {
  const timer = setTimeout(work, waitMs);
  timer.unref();
  return () => clearTimeout(timer);
}
