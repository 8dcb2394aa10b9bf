/** Which sessions are meant, in parts of a text such as `workflow=checkout` and `since=7d`. */

/** What a session must be to be taken. */
export interface SessionFilter {
  /** Its id: that one and no other. */
  readonly session?: string;
  readonly workflow?: string;
  readonly agent?: string;
  readonly cohort?: string;
  readonly client?: string;
  /** Those that began at or after this moment, and before that one; milliseconds since 1970. */
  readonly sinceMs?: number;
  readonly untilMs?: number;
  /** The newest so many of those. */
  readonly last?: number;
}

/** A part whose name is known and whose value is none, with what to write instead. */
export class SessionFilterError extends Error {
  override readonly name = "SessionFilterError";
}

const UNIT_MS: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 60 * 60_000,
  d: 24 * 60 * 60_000,
  w: 7 * 24 * 60 * 60_000,
};
const NAMES = ["session", "workflow", "agent", "cohort", "client"] as const;
/** What a part may begin with. */
export const FILTER_PARTS: readonly string[] = [...NAMES, "since", "until", "last"].map(
  (name) => `${name}=`,
);

/**
 * @returns undefined where the part is none of a filter
 * @throws {SessionFilterError} when its value is no time, or no number
 */
export function filterPart(part: string, nowMs: number): SessionFilter | undefined {
  const [, name = "", value = ""] = /^([a-z]+)=(.+)$/s.exec(part) ?? [];
  const known = NAMES.find((one) => one === name);
  if (known !== undefined) return { [known]: value };
  if (name === "since") return { sinceMs: momentOf(name, value, nowMs) };
  if (name === "until") return { untilMs: momentOf(name, value, nowMs) };
  if (name === "last") return { last: countOf(value) };
  return undefined;
}

function momentOf(name: string, value: string, nowMs: number): number {
  const [, count, unit = ""] = /^(\d{1,6})([mhdw])$/.exec(value) ?? [];
  const back = UNIT_MS[unit];
  if (count !== undefined && back !== undefined) return nowMs - Number(count) * back;
  const atMs = /^\d{4}-\d{2}-\d{2}/.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isFinite(atMs)) return atMs;
  throw new SessionFilterError(`${name}=${value} is no time: write 12h, 7d, 4w or 2026-11-01`);
}

function countOf(value: string): number {
  if (/^[1-9]\d{0,6}$/.test(value)) return Number(value);
  throw new SessionFilterError(`last=${value} is no number of sessions`);
}

/** Parts of a text that are joined by commas; what follows `session=` is an id, which may hold commas. */
export function splitParts(text: string): readonly string[] {
  const at = text.search(/(?<=^|,)session=/);
  if (at < 0) return text.split(",");
  const before = text.slice(0, Math.max(0, at - 1));
  return [...(before === "" ? [] : before.split(",")), text.slice(at)];
}

/** @throws {SessionFilterError} when a session is named and narrowed at once */
export function withSessionAlone(filter: SessionFilter): SessionFilter {
  if (filter.session === undefined || Object.keys(filter).length === 1) return filter;
  throw new SessionFilterError("session= says which session it is: no other filter goes with it");
}
