/** A comparison as text for a terminal. */
import type {
  ComparedSide,
  FigureDifference,
  FigureSide,
  LoopDifference,
  ShareDifference,
  ShareSide,
  SideComparison,
  ToolDifference,
} from "@caum/workflows";
import { alignedTable } from "../terminal/aligned-table.ts";
import { counted } from "../terminal/counted.ts";
import {
  countWords,
  figureWords,
  NOT_KNOWN,
  NOT_NAMED,
  pointWords,
  shareWords,
  signed,
} from "./figure-words.ts";

/** What was compared, as it was asked for. */
export interface CompareReport extends SideComparison {
  readonly selectors: { readonly a: string; readonly b: string };
  /** What could not be read. */
  readonly problems: readonly string[];
}

type Rows = readonly (readonly string[])[];

/** Of each table; what differs the most comes first. */
const SHOWN = 12;
/** Intervals stand beside figures from here on. */
const WIDE = 90;

/** @param width of the terminal; what is no terminal is as wide as it needs to be */
export function compareText(report: CompareReport, width?: number): readonly string[] {
  const { a, b, selectors, order, notes, distance, shares } = report;
  const table = (rows: Rows) => ["", ...alignedTable(rows, width)];
  return [
    `A  ${sideWords(a, selectors.a)}`,
    `B  ${sideWords(b, selectors.b)}`,
    ...(order === null ? [] : ["", order.said]),
    ...(distance === null ? [] : [`Apart: ${distance.distance.toFixed(2)}, of 0 (alike) to 1.`]),
    ...table(figureRows(report, width)),
    ...(shares.length === 0 ? [] : table(shareRows(shares, width))),
    ...toolLines(report, table),
    ...transitionLines(report, table),
    ...loopLines(report, table),
    ...(notes.length === 0 ? [] : ["", ...notes.map((note) => `note: ${note}`)]),
  ];
}

function sideWords({ sessions, notEnded, withoutSteps, session }: ComparedSide, text: string) {
  const parts = [session ?? text];
  if (session === null) parts.push(counted(sessions, "session"));
  if (notEnded > 0) parts.push(session === null ? `${notEnded} not over` : "not over");
  if (session === null && withoutSteps > 0) parts.push(`${withoutSteps} more without a step`);
  return parts.join(", ");
}

function figureRows({ figures, a, b }: CompareReport, width = WIDE): Rows {
  const areSingle = a.session !== null && b.session !== null;
  const hasTypical = width >= WIDE && figures.some(({ typical }) => typical !== null);
  const head = [areSingle ? "" : "mean of a session", "A", "B", "B - A"];
  return [
    hasTypical ? [...head, "a session, typically"] : head,
    ...figures.map((row) => {
      const { figure, words, difference } = row;
      const cells = [
        words,
        figureCell(row, row.a, a.sessions),
        figureCell(row, row.b, b.sessions),
        difference === null ? "-" : signed(difference, (size) => figureWords(figure, size)),
      ];
      return hasTypical ? [...cells, typicalCell(row)] : cells;
    }),
  ];
}

function figureCell({ figure }: FigureDifference, side: FigureSide | null, of: number): string {
  if (side === null) return NOT_KNOWN;
  const known = side.known < of ? ` (of ${side.known})` : "";
  return `${figureWords(figure, side.mean)}${known}`;
}

function typicalCell({ figure, typical }: FigureDifference): string {
  if (typical === null) return "-";
  const words = (value: number) => signed(value, (size) => figureWords(figure, size));
  return `${words(typical.estimate)} (${words(typical.low)} to ${words(typical.high)})`;
}

function shareRows(shares: readonly ShareDifference[], width = WIDE): Rows {
  const isWide = width >= WIDE;
  const cell = ({ count, estimate, low, high }: ShareSide) =>
    isWide
      ? `${count} (${shareWords(low)} to ${shareWords(high)})`
      : `${count} (${shareWords(estimate)})`;
  return [
    ["sessions", "A", "B", "points"],
    ...shares.map(({ words, a, b, difference: { estimate, low, high } }) => {
      const interval = isWide ? ` (${pointWords(low)} to ${pointWords(high)})` : "";
      return [words, cell(a), cell(b), `${pointWords(estimate)}${interval}`];
    }),
  ];
}

type Table = (rows: Rows) => readonly string[];

function toolLines({ tools, otherCalls, a, b }: CompareReport, table: Table): readonly string[] {
  if (tools.length === 0) return [];
  const areSingle = a.session !== null && b.session !== null;
  const cell = (side: ToolDifference["a"], { sessions }: ComparedSide) =>
    namedCell(side, sessions, ({ calls }) => countWords(calls));
  const rows = tools
    .slice(0, SHOWN)
    .map(({ tool, server, ...row }) => [
      `${tool ?? "keyed names"}${server === null ? "" : ` (${server})`}`,
      cell(row.a, a),
      cell(row.b, b),
      row.a === null || row.b === null ? "-" : signed(row.b.calls - row.a.calls, countWords),
    ]);
  const head = [areSingle ? "calls of tools" : "calls of tools, mean", "A", "B", "B - A"];
  return [
    ...table([head, ...rows]),
    ...more(tools.length),
    ...both(`calls of tools that are not named${areSingle ? "" : ", mean"}`, otherCalls),
  ];
}

/** @param of the sessions of the side: it is said where fewer are known */
function namedCell<Named extends { readonly known: number }>(
  side: Named | null,
  of: number,
  words: (side: Named) => string,
): string {
  if (side === null) return NOT_NAMED;
  return `${words(side)}${side.known < of ? ` (of ${side.known})` : ""}`;
}

/** What stands in no row of a table; left out where there is none. */
function both(what: string, { a, b }: { readonly a: number; readonly b: number }) {
  return a + b > 0 ? [`${what}: ${countWords(a)} and ${countWords(b)}`] : [];
}

function transitionLines({ transitions }: CompareReport, table: Table): readonly string[] {
  const differing = transitions.filter(({ a, b }) => a !== b);
  if (differing.length === 0) return [];
  const cell = (share: number | null) => (share === null ? "-" : shareWords(share));
  const rows = differing
    .slice(0, SHOWN)
    .map(({ from, to, a, b }) => [
      `${from} then ${to}`,
      cell(a),
      cell(b),
      a === null || b === null ? "-" : pointWords(b - a),
    ]);
  return [
    ...table([["what follows what", "A", "B", "points"], ...rows]),
    ...more(differing.length),
  ];
}

function loopLines(report: CompareReport, table: Table): readonly string[] {
  const { loops, unnamedLoops, otherLoops, a, b } = report;
  const areSingle = a.session !== null && b.session !== null;
  const others = [
    ...both("sessions with loops under keyed names, which are not told apart", unnamedLoops),
    ...both(`loops that are not named${areSingle ? "" : ", mean"}`, otherLoops),
  ];
  if (loops.length === 0) return others.length === 0 ? [] : ["", ...others];
  const cell = (side: LoopDifference["a"], { sessions }: ComparedSide) =>
    namedCell(side, sessions, (named) => countWords(areSingle ? named.loops : named.sessions));
  const rows = loops.slice(0, SHOWN).map((row) => [row.words, cell(row.a, a), cell(row.b, b)]);
  const head = [areSingle ? "loops" : "sessions with a loop of", "A", "B"];
  return [...table([head, ...rows]), ...more(loops.length), ...others];
}

function more(count: number): readonly string[] {
  return count > SHOWN ? [`and ${count - SHOWN} more`] : [];
}
