/** What moved, and since when. */

import { CHANNELS, type Channel, columnsOf } from "./reading/channel.ts";
import type { Ring } from "./ring.ts";
import type { Baseline } from "./statistics/baseline.ts";
import { onsetOf, testColumn } from "./statistics/column-test.ts";
import { type LoopHistory, testLoops } from "./statistics/loop-test.ts";
import { GONE, thresholdOf } from "./statistics/thresholds.ts";
import type { WindowSums } from "./statistics/window-sums.ts";

/** A session that something is said of. */
export interface Since {
  /** Sessions of the state before it, and it. */
  readonly session: number;
  /** When it began, in milliseconds since 1970, to the second. */
  readonly startedMs: number;
  /** Absent where the state has no room for it. */
  readonly sessionId?: string;
}

/** A channel whose latest sessions are not what those of the baseline were. */
export interface Movement {
  readonly channel: Channel;
  /** Of the channel's columns, the one that moved most. */
  readonly column: number;
  readonly isMore: boolean;
  /** How far over its threshold the latest look found it; below 1 it only has not gone yet. */
  readonly strength: number;
  /** The session with which it was found. */
  readonly found: number;
  /** The first session that is likely to be different. */
  readonly since: Since;
  /** Of the sessions that may have been the first, the earliest and the latest one's number. */
  readonly earliest: number;
  readonly latest: number;
}

/** Strengths count in hundredths. */
export const STRENGTH_UNITS = 100;

/** What a look looks at. */
export interface Looked {
  readonly baseline: Baseline;
  readonly loops: LoopHistory;
  readonly ring: Ring;
  /** Those of the ring, where they are kept. */
  readonly sums: WindowSums | undefined;
  /** Number of the latest session. */
  readonly session: number;
}

/** A look with the latest session: what was found before stays while it holds. */
export function look(looked: Looked, before: readonly Movement[]): readonly Movement[] {
  const movements: Movement[] = [];
  for (const channel of CHANNELS) {
    const known = before.find((movement) => movement.channel === channel);
    const found = channel === "loops" ? lookAtLoops(looked) : lookAt(looked, channel);
    if (found.strength < (known === undefined ? 1 : GONE)) continue;
    movements.push(movementOf(looked, channel, found, known));
  }
  return movements;
}

interface Found {
  readonly column: number;
  readonly strength: number;
  readonly isMore: boolean;
}

const NOTHING: Found = { column: 0, strength: 0, isMore: false };

function lookAt({ baseline, ring, sums }: Looked, channel: Channel): Found {
  const { from, columns } = columnsOf(channel);
  const threshold = thresholdOf(channel);
  const all = ring.columns;
  let best = NOTHING;
  for (let column = 0; column < columns; column++) {
    const at = from + column;
    if (sums?.isWeak(at, all)) continue;
    const found = testColumn(baseline.spread(at), ring.column(at), threshold);
    if (found.strength > best.strength) best = { column, ...found };
  }
  return best;
}

function lookAtLoops(looked: Looked): Found {
  return { column: 0, ...loopTest(looked) };
}

const loopTest = ({ loops, ring }: Looked) =>
  testLoops(loops, (ago) => ring.loopedAt(ago), ring.length);

function movementOf(
  looked: Looked,
  channel: Channel,
  found: Found,
  known: Movement | undefined,
): Movement {
  const { column, strength, isMore } = found;
  const first = known?.found ?? looked.session;
  const isOfOneColumn = known?.column === column;
  // Once the change has left the ring, what was said of it stays.
  const isSeen = known === undefined || looked.session - known.since.session < looked.ring.length;
  const placed = isSeen || !isOfOneColumn ? placeOf(looked, channel, column) : undefined;
  // What was found at a session did not begin behind it, however much stronger it became since.
  const isBehind = isOfOneColumn && placed !== undefined && placed.since.session > first;
  const { since, earliest, latest } = (isBehind ? known : placed) ?? known ?? placeOfLatest(looked);
  return {
    channel,
    column,
    isMore,
    // As the bytes have it, so that a state that was kept says the same as one that was read.
    strength: Math.floor(strength * STRENGTH_UNITS) / STRENGTH_UNITS,
    found: first,
    since,
    earliest,
    latest,
  };
}

type Place = Pick<Movement, "since" | "earliest" | "latest">;

function placeOf(looked: Looked, channel: Channel, column: number): Place | undefined {
  const { baseline, ring, session } = looked;
  const at = columnsOf(channel).from + column;
  const onset =
    channel === "loops" ? loopTest(looked).onset : onsetOf(baseline.spread(at), ring.column(at));
  if (onset === undefined) return undefined;
  const reading = ring.at(onset.sessions - 1);
  if (reading === undefined) return undefined;
  const { startedMs, sessionId } = reading;
  return {
    since: {
      session: session - onset.sessions + 1,
      startedMs,
      ...(sessionId !== "" && { sessionId }),
    },
    earliest: session - onset.atMost + 1,
    latest: session - onset.atLeast + 1,
  };
}

function placeOfLatest({ ring, session }: Looked): Place {
  const startedMs = ring.at(0)?.startedMs ?? 0;
  return { since: { session, startedMs }, earliest: session, latest: session };
}
