/** Sessions that are built alike, as rows of a terminal. */
import type { SimilarSessions } from "@caum/collector/local";
import { counted } from "../../terminal/counted.ts";
import { printable } from "../../terminal/printable.ts";
import { localTime } from "./session-table.ts";

type Similar = SimilarSessions["sessions"][number];

const TITLE_WIDTH = 32;
/** A part that differs less says nothing to a person. */
const WORTH_SAYING = 0.1;
const NAMED_PARTS = 2;

const COLUMNS: readonly (readonly [
  title: string,
  width: number,
  of: (session: Similar) => string,
])[] = [
  ["apart", 5, ({ distance }) => distance.toFixed(2)],
  ["last seen", 16, ({ last_seen }) => localTime(last_seen)],
  ["steps", 5, ({ steps }) => String(steps).padStart(5)],
  ["loops", 5, ({ loop_count: loops }) => (loops === 0 ? "-" : String(loops))],
  ["differs in", 34, differsIn],
  ["title", TITLE_WIDTH, ({ title }) => printable(title, TITLE_WIDTH)],
  ["session", 0, ({ session_id }) => printable(session_id)],
];

export function similarLines({ known, compared, sessions }: SimilarSessions): readonly string[] {
  if (!known) return ["the structure of this session is not known: it is older than that"];
  if (sessions.length === 0) return ["there is no other session to compare with"];
  const head = COLUMNS.map(([title, width]) => title.padEnd(width));
  const rows = sessions.map((session) => COLUMNS.map(([, width, of]) => of(session).padEnd(width)));
  const of = compared.of_workflow > 0 ? `, ${compared.of_workflow} of its workflow` : "";
  return [
    ...[head, ...rows].map((row) => row.join("  ").trimEnd()),
    "",
    `compared with ${comparedWith(compared)}${of}`,
  ];
}

function comparedWith({ sessions, complete }: SimilarSessions["compared"]): string {
  if (complete && sessions === 1) return "the one other session";
  return `${complete ? "all" : "the newest"} ${counted(sessions, "session")}`;
}

function differsIn({ parts }: Similar): string {
  const told = Object.entries(parts)
    .flatMap(([part, apart]) => (apart === null ? [] : [[part, apart] as const]))
    .filter(([, apart]) => apart >= WORTH_SAYING)
    .sort(([, one], [, other]) => other - one)
    .slice(0, NAMED_PARTS)
    .map(([part, apart]) => `${part} ${apart.toFixed(2)}`);
  return told.length === 0 ? "hardly anything" : told.join(", ");
}
