import { shellWord } from "../../evidence/shell-word.ts";
import { type AlertMemory, UNTOLD } from "../../health/alerts/alert-memory.ts";
import { type AlertStory, alertMessage, storyOf } from "../../health/alerts/alert-sentence.ts";
import { NAMELESS, parseCondition } from "../../health/alerts/condition/condition.ts";
import { followLoop } from "../../health/alerts/follow-loop.ts";
import { watchCondition } from "../../health/alerts/watch.ts";
import type { Assessment } from "../../health/assessment.ts";
import {
  NOTHING_YET,
  type SessionSummary,
  summarize,
} from "../../health/session/session-summary.ts";
import type { Configuration } from "../settings/configuration.ts";
import { type Notification, notifierCommand, notifyDesktop } from "./notifier.ts";
import { loopKey, ToldLoops } from "./told-loops.ts";

export interface LoopTellerParts {
  readonly notify: (notification: Notification) => Promise<unknown>;
  /** What other observers of this machine told of just now. */
  readonly told: Pick<ToldLoops, "claim">;
  /** Milliseconds since 1970. */
  readonly clock?: (() => number) | undefined;
}

/** One step of a session as its observer judged it. */
export interface ToldStep {
  readonly sessionId: string;
  /** Who is observed, as records name it. */
  readonly agent: string;
  readonly assessment: Assessment;
  readonly tool?: string | undefined;
  readonly costNanoUsd?: number | undefined;
  /** When it happened, in milliseconds since 1970. */
  readonly atMs: number;
}

/** What the teller remembers of one session. */
interface Followed {
  memory: AlertMemory;
  summary: SessionSummary;
  /** How the session stood when a loop was last seen: what an ending is told with. */
  story: AlertStory | undefined;
  step: number;
}

const CONDITION = parseCondition("class=hard_alert");
/** A session that comes back to a loop within this time is not told of again. */
const PACE = { cooldownMs: 5 * 60_000, dwellSteps: 0 };
/** What happened longer ago is history, for example of a recorder that was away. */
export const FRESH_MS = 10 * 60_000;
const MAX_SESSIONS = 1_000;

/** @param more where there is more of it: an address, or a command */
export function loopNotice(story: AlertStory, more: string): Notification {
  const title = story.word === "ended" ? "CAUM: the loop is over" : "CAUM: an agent repeats itself";
  return { title, text: `${alertMessage(story)}\nMore: ${more}` };
}

/**
 * The teller of an observer whose records stay on this machine; undefined where a collector tells
 * instead, or nobody wants to be told.
 */
export function localTeller({ home, url, desktop }: Configuration): LoopTeller | undefined {
  if (url !== undefined || desktop === false) return undefined;
  const notify = (notice: Notification) => notifyDesktop(notice, notifierCommand());
  return new LoopTeller({ notify, told: new ToldLoops(home) });
}

/**
 * Tells the person at this machine of loops, where no collector does: once when one begins, and once
 * more when it ended or goes on for too long. It never throws and nobody waits for it.
 */
export class LoopTeller {
  readonly #parts: LoopTellerParts;
  readonly #sessions = new Map<string, Followed>();

  constructor(parts: LoopTellerParts) {
    this.#parts = parts;
  }

  see(seen: ToldStep): void {
    const { clock = Date.now } = this.#parts;
    if (clock() - seen.atMs > FRESH_MS) return;
    const session = this.#session(seen.sessionId);
    const { assessment, costNanoUsd = 0, atMs: nowMs } = seen;
    session.summary = summarize(session.summary, assessment, costNanoUsd);
    const sighting = {
      assessment,
      costNanoUsd: 0,
      isToolChange: false,
      names: NAMELESS,
      nowMs,
    };
    const watched = watchCondition(CONDITION, PACE, session.memory, sighting);
    const holds = assessment.publicClass === "hard_alert";
    if (holds) session.story = this.#storyOf(seen, session.summary);
    session.step = assessment.step;
    const moment = { fires: watched.fires, holds, isOver: false, step: session.step, nowMs };
    this.#follow(seen.sessionId, session, watched.memory, moment);
  }

  /** Nothing more comes of this session. */
  close(sessionId: string): void {
    const session = this.#sessions.get(sessionId);
    this.#sessions.delete(sessionId);
    if (session === undefined) return;
    const nowMs = (this.#parts.clock ?? Date.now)();
    const moment = { fires: false, holds: false, isOver: true, step: session.step, nowMs };
    this.#follow(sessionId, session, session.memory, moment);
  }

  #follow(
    sessionId: string,
    session: Followed,
    memory: AlertMemory,
    moment: Parameters<typeof followLoop>[1],
  ): void {
    const followed = followLoop(memory, moment);
    session.memory = followed.memory;
    const { story } = session;
    if (followed.word === undefined || story === undefined) return;
    this.#tell(sessionId, { ...story, word: followed.word });
  }

  #storyOf({ agent, assessment, tool, atMs }: ToldStep, summary: SessionSummary): AlertStory {
    return {
      tools: tool === undefined ? [] : [tool],
      ...storyOf(agent, assessment),
      nowMs: atMs,
      costNanoUsd: summary.loops.at(-1)?.costNanoUsd ?? 0,
    };
  }

  #tell(sessionId: string, story: AlertStory): void {
    if (!this.#parts.told.claim(loopKey(story))) return;
    const more = `caum report ${shellWord(sessionId)}`;
    this.#parts.notify(loopNotice(story, more)).catch(() => undefined);
  }

  #session(id: string): Followed {
    const known = this.#sessions.get(id);
    if (known !== undefined) return known;
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size >= MAX_SESSIONS && oldest !== undefined) this.#sessions.delete(oldest);
    const session = { memory: UNTOLD, summary: NOTHING_YET, story: undefined, step: 0 };
    this.#sessions.set(id, session);
    return session;
  }
}
