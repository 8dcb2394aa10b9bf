/** Reads what hooks left, in the order in which it was left, and records it as runs. */
import {
  closeSync,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import type { Observation, Observer, Verdict } from "@caum/core";
import { type InboxFiles, inboxFiles, inboxFolder } from "./inbox.ts";
import type { InboxLine } from "./inbox-line.ts";

const ENDING = ".ndjson";
const READ_AT_ONCE = 1024 * 1024;
/** Sessions that ended without saying so. */
const FORGET_AFTER_MS = 7 * 24 * 60 * 60_000;

interface OpenSession {
  readonly files: InboxFiles;
  offset: number;
  /** Calls that started and did not end yet. */
  readonly open: Map<string, InboxLine>;
  hasAlert: boolean;
}

export class InboxRecorder {
  readonly #observer: Observer;
  readonly #home: string;
  readonly #setTime: (time: number) => void;
  readonly #sessions = new Map<string, OpenSession>();

  /** @param setTime tells the observer's clock when what follows happened */
  constructor(observer: Observer, home: string, setTime: (time: number) => void) {
    this.#observer = observer;
    this.#home = home;
    this.#setTime = setTime;
  }

  /** @returns how many lines were new */
  async drain(): Promise<number> {
    let count = 0;
    for (const id of this.#sessionIds()) count += await this.#drainSession(id);
    if (count === 0) return 0;
    await this.#observer.flush();
    for (const { files, offset } of this.#sessions.values()) keepOffset(files.offset, offset);
    return count;
  }

  /** Calls that are still open are recorded as such: nobody will wait for them. */
  async close(): Promise<void> {
    for (const [id, session] of this.#sessions) this.#giveUp(id, session, () => true);
    await this.#observer.close();
  }

  #sessionIds(): readonly string[] {
    try {
      const names = readdirSync(inboxFolder(this.#home));
      return names
        .filter((name) => name.endsWith(ENDING))
        .map((name) => name.slice(0, -ENDING.length));
    } catch {
      return [];
    }
  }

  async #drainSession(id: string): Promise<number> {
    const session = this.#sessions.get(id) ?? this.#open(id);
    const { text, next } = readFrom(session.files.lines, session.offset);
    const lines = text.split("\n").slice(0, -1);
    session.offset = next;
    for (const line of lines) await this.#accept(line, id, session);
    if (lines.length === 0) this.#forgetOld(id, session);
    return lines.length;
  }

  #open(id: string): OpenSession {
    const files = inboxFiles(this.#home, id);
    const session = { files, offset: knownOffset(files.offset), open: new Map(), hasAlert: false };
    this.#sessions.set(id, session);
    return session;
  }

  async #accept(text: string, id: string, session: OpenSession): Promise<void> {
    const line = parsed(text);
    if (!line) {
      this.#observer.session(id).drop(1, "unreadable");
      return;
    }
    this.#setTime(line.time);
    if (line.kind === "start") {
      if (line.callId !== undefined) session.open.set(line.callId, line);
    } else if (line.kind === "turn_end") {
      this.#giveUp(id, session, (one) => one.isOfSubagent === line.isOfSubagent);
    } else if (line.kind === "session_end") {
      this.#giveUp(id, session, () => true);
      await this.#observer.session(id).end();
      await this.#observer.closeSession(id);
    } else if (line.observation) this.#observe(id, session, ended(line, session.open));
    else this.#observer.session(id).drop(1, "overflow");
  }

  #observe(id: string, session: OpenSession, observation: Observation): void {
    const verdict = this.#observer.session(id).observe(observation);
    const isAlert = verdict.publicClass === "hard_alert";
    if (isAlert && !session.hasAlert) tell(session.files.alert, verdict);
    session.hasAlert = isAlert;
  }

  /** Calls that have no end any more: denied, or cut off. */
  #giveUp(id: string, session: OpenSession, isGivenUp: (line: InboxLine) => boolean): void {
    for (const [callId, line] of session.open) {
      if (!isGivenUp(line)) continue;
      session.open.delete(callId);
      if (line.observation) this.#observe(id, session, ended({ ...line, callId }, new Map()));
    }
  }

  #forgetOld(id: string, { files, offset }: OpenSession): void {
    try {
      const facts = statSync(files.lines);
      if (facts.size > offset || Date.now() - facts.mtimeMs < FORGET_AFTER_MS) return;
      for (const file of Object.values(files)) rmSync(file, { force: true });
      this.#sessions.delete(id);
    } catch {
      this.#sessions.delete(id);
    }
  }
}

/** The call with its id, and the time between its start and its end. */
function ended(
  { callId, time, observation }: InboxLine,
  open: Map<string, InboxLine>,
): Observation {
  // True because lines without an observation do not come here.
  const call = observation as Observation;
  const isTool = call.kind === undefined || call.kind === "tool";
  if (callId === undefined || !isTool) return call;
  const start = open.get(callId);
  open.delete(callId);
  const durationMs = call.durationMs ?? (start && Math.max(0, time - start.time));
  return { ...call, durationMs, toolCallId: callId };
}

function parsed(text: string): InboxLine | undefined {
  try {
    const line: unknown = JSON.parse(text);
    const isLine =
      typeof line === "object" &&
      line !== null &&
      "kind" in line &&
      "time" in line &&
      Number.isSafeInteger(line.time);
    // True because only our hook writes into this folder; the observer takes any values.
    return isLine ? (line as InboxLine) : undefined;
  } catch {
    return undefined;
  }
}

/** Whole lines from `offset` on; what is being written is read the next time. */
function readFrom(path: string, offset: number): { readonly text: string; readonly next: number } {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    const size = Math.min(fstatSync(file).size - offset, READ_AT_ONCE);
    if (size <= 0) return { text: "", next: offset };
    const bytes = Buffer.alloc(size);
    const head = bytes.subarray(0, readSync(file, bytes, 0, size, offset));
    const whole = head.subarray(0, head.lastIndexOf(10) + 1);
    return { text: whole.toString("utf8"), next: offset + whole.length };
  } catch {
    return { text: "", next: offset };
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function knownOffset(path: string): number {
  try {
    const offset = Number(readFileSync(path, "utf8"));
    return Number.isSafeInteger(offset) && offset >= 0 ? offset : 0;
  } catch {
    return 0;
  }
}

function keepOffset(path: string, offset: number): void {
  try {
    writeFileSync(`${path}.new`, String(offset), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  } catch {
    // The lines will be read again: twice recorded is better than lost.
  }
}

function tell(path: string, { reasons, regime }: Verdict): void {
  try {
    writeFileSync(path, reasons[0] ?? regime, { mode: 0o600 });
  } catch {
    // A message that cannot be left is not worth more.
  }
}
