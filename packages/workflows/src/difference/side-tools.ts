/** Which tools were called, on two sides. */
import { comparableName } from "../compare/comparable-name.ts";
import { callsNotNamed } from "../profile/not-named.ts";
import type { SessionProfile } from "../profile/session-profile.ts";
import { knownOf, type NamedSums, namedSums } from "./named-sums.ts";
import { apart, keysOf, type Pair } from "./pair.ts";

/** What one tool did, as means over the sessions of a side of which it is known. */
export interface ToolSide {
  readonly calls: number;
  readonly failures: number;
  /** Sessions that called it, by its name. */
  readonly sessions: number;
  /** Of how many sessions it is known how often they called it. */
  readonly known: number;
}

/** A side is null where it is known of none of its sessions whether they called the tool. */
export interface ToolDifference extends Pair<ToolSide | null> {
  /** Null for all tools under keyed names, which are other ones in every session. */
  readonly tool: string | null;
  readonly server: string | null;
}

/** Those whose calls differ the most first. */
export function compareTools({ a, b }: Pair<readonly SessionProfile[]>): readonly ToolDifference[] {
  const [one, other] = [toolsOf(a), toolsOf(b)];
  const calls = (side: ToolSide | null) => side?.calls ?? 0;
  return keysOf(one.byKey, other.byKey)
    .map((key) => {
      // Only `toolsOf` makes keys.
      const [tool, server] = JSON.parse(key) as [string | null, string | null];
      return { tool, server, a: sideOf(one, key), b: sideOf(other, key) };
    })
    .sort(
      (first, second) =>
        apart(calls(second.a), calls(second.b)) - apart(calls(first.a), calls(first.b)),
    );
}

/** Calls of tools beyond those that a session's profile names, as a mean. */
export function otherCallsOf(profiles: readonly SessionProfile[]): number {
  const all = profiles.reduce((sum, { structure }) => sum + callsNotNamed(structure), 0);
  return all / profiles.length;
}

function toolsOf(profiles: readonly SessionProfile[]): NamedSums {
  return namedSums(
    profiles,
    ({ structure }) =>
      structure.tools.map(({ tool, server = "", calls, toolErrors, protocolErrors }) => [
        JSON.stringify([comparableName(tool) ?? null, comparableName(server) || null]),
        [calls, toolErrors + protocolErrors],
      ]),
    ({ structure }) => callsNotNamed(structure) > 0,
  );
}

function sideOf(sums: NamedSums, key: string): ToolSide | null {
  const known = knownOf(sums, key);
  if (known === 0) return null;
  const { amounts: [calls = 0, failures = 0] = [], sessions = 0 } = sums.byKey.get(key) ?? {};
  return { calls: calls / known, failures: failures / known, sessions, known };
}
