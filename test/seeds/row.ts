import type { Answer, Door, Receiver } from "./started.ts";

export interface Seen {
  readonly door: Door;
  readonly receiver: Receiver;
}

/** One thing that a page of the product says, in our words, and what shows that it holds. */
export interface Row {
  /** The page says. */
  readonly says: string;
  readonly check: (seen: Seen) => Promise<void>;
  /** Where we do it in another way, and why; absent where it holds as it is written. */
  readonly differs?: string;
}

export interface Page {
  readonly title: string;
  readonly rows: readonly Row[];
}

export type Step = Readonly<Record<string, unknown>>;

/** Posts steps one after the other, numbered from 1; the answers. */
export async function postSteps(
  { door }: Pick<Seen, "door">,
  sessionId: string,
  steps: readonly Step[],
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  for (const [at, step] of steps.entries()) {
    answers.push(await door.post("/v1/step", { session_id: sessionId, step: at + 1, ...step }));
  }
  return answers;
}

export function times<T>(count: number, make: (at: number) => T): readonly T[] {
  return Array.from({ length: count }, (_, at) => make(at));
}

/** A session of the live door; posts one event after the other. */
export async function liveSession({ door }: Pick<Seen, "door">, start: object = {}) {
  const started = await door.post("/v2/live/start", start, {});
  const { session, session_token: token } = started.body;
  return {
    started,
    id: session.session_id as string,
    post: (event: object) =>
      door.post(
        "/v2/live/event",
        { session_id: session.session_id, session_token: token, event },
        {},
      ),
    read: () =>
      door.get(`/v1/session/${session.session_id}`, { "x-caum-session-token": String(token) }),
  };
}
