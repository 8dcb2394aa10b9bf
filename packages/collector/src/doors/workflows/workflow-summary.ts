/** What is said of one name, as answers tell it. */
import type { workflowsAnswer } from "@caum/core/protocol";
import type { z } from "zod";
import type { MemoryCard, RecentSessions } from "../../rows/memory-rows.ts";

/** Of a card's `recent`, today with. */
export const RECENT_DAYS = 7;

type Summary = z.input<typeof workflowsAnswer>["workflows"][number];

export function summaryOf(
  card: MemoryCard,
  recent: RecentSessions = { sessions: 0, looped: 0 },
): Summary {
  return {
    kind: card.kind,
    name: card.name,
    sessions: card.sessions,
    first_session_at: new Date(card.firstMs).toISOString(),
    last_active_at: new Date(card.lastMs).toISOString(),
    recent: { days: RECENT_DAYS, sessions: recent.sessions, looping_sessions: recent.looped },
    // Only the fold writes it, and whoever chooses a baseline.
    card: card.card === undefined ? null : (JSON.parse(card.card) as Summary["card"]),
  };
}
