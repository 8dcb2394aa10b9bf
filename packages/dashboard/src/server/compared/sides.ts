/** In what two sessions, or two selections of sessions, differ; as `caum compare` says it. */
import { getJson } from "../request.ts";

export interface Estimate {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

interface FigureSide {
  /** Of one session it is that session's. */
  readonly mean: number;
  /** Of how many sessions it is known. */
  readonly known: number;
}

export interface FigureDifference {
  readonly figure: string;
  readonly words: string;
  readonly a: FigureSide | null;
  readonly b: FigureSide | null;
  readonly difference: number | null;
  readonly typical: Estimate | null;
}

export interface ShareSide extends Estimate {
  readonly count: number;
  readonly of: number;
}

export interface ShareDifference {
  readonly share: string;
  readonly words: string;
  readonly a: ShareSide;
  readonly b: ShareSide;
  readonly difference: Estimate;
}

export interface Side {
  readonly sessions: number;
  readonly withoutSteps: number;
  readonly notEnded: number;
  /** Its id, where it is one session. */
  readonly session: string | null;
}

/** Null where it is known of none of the side's sessions: they have more than their profiles name. */
export interface ToolSide {
  readonly calls: number;
  /** Of how many sessions it is known. */
  readonly known: number;
}

export interface LoopSide {
  readonly sessions: number;
  readonly loops: number;
  readonly known: number;
}

export interface Both {
  readonly a: number;
  readonly b: number;
}

export interface Comparison {
  readonly a: Side;
  readonly b: Side;
  readonly figures: readonly FigureDifference[];
  /** Empty where both sides are one session. */
  readonly shares: readonly ShareDifference[];
  readonly tools: readonly {
    /** Null for all tools under keyed names. */
    readonly tool: string | null;
    readonly server: string | null;
    readonly a: ToolSide | null;
    readonly b: ToolSide | null;
  }[];
  /** Calls of a session of tools that its profile does not name. */
  readonly otherCalls: Both;
  readonly transitions: readonly {
    readonly from: string;
    readonly to: string;
    readonly a: number | null;
    readonly b: number | null;
  }[];
  readonly loops: readonly {
    readonly words: string;
    readonly a: LoopSide | null;
    readonly b: LoopSide | null;
  }[];
  /** Sessions with loops under keyed names. */
  readonly unnamedLoops: Both;
  /** Loops of a session that its profile does not name. */
  readonly otherLoops: Both;
  readonly order: { readonly said: string } | null;
  readonly notes: readonly string[];
  /** Whether all sessions that fit were looked at. */
  readonly complete: { readonly a: boolean; readonly b: boolean };
}

/** @param query of the address: `a` is an id, `a.workflow` part of a filter, and so is B */
export function readComparison(query: URLSearchParams): Promise<Comparison> {
  return getJson(`/dashboard-api/compare?${query}`);
}
