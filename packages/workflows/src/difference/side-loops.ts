/** Which loops there were, on two sides. */
import { comparableName } from "../compare/comparable-name.ts";
import { loopKey } from "../compare/comparable-structure.ts";
import { loopWords } from "../compare/loop-words.ts";
import { loopsNotNamed } from "../profile/not-named.ts";
import type { LoopKind, SessionProfile } from "../profile/session-profile.ts";
import { knownOf, type NamedSums, namedSums } from "./named-sums.ts";
import { apart, keysOf, type Pair } from "./pair.ts";

export interface LoopSide {
  /** Sessions with such a loop, and how many loops a session of which it is known has, on average. */
  readonly sessions: number;
  readonly loops: number;
  /** Of how many sessions it is known. */
  readonly known: number;
}

/** A side is null where it is known of none of its sessions whether they had such a loop. */
export interface LoopDifference
  extends Pair<LoopSide | null>,
    Pick<LoopKind, "rule" | "period" | "tools"> {
  /** What it is called, for people. */
  readonly words: string;
}

/** Those that the shares of sessions differ in the most first. */
export function compareLoopKinds({
  a,
  b,
}: Pair<readonly SessionProfile[]>): readonly LoopDifference[] {
  const kinds = new Map([...a, ...b].flatMap(namedKinds).map((kind) => [loopKey(kind), kind]));
  const [one, other] = [loopsOf(a), loopsOf(b)];
  const share = (side: LoopSide | null) => (side === null ? 0 : side.sessions / side.known);
  return keysOf(one.byKey, other.byKey)
    .flatMap((key) => {
      const kind = kinds.get(key);
      if (kind === undefined) return [];
      const named = { rule: kind.rule, period: kind.period, tools: kind.tools.toSorted() };
      return { ...named, words: loopWords(named), a: sideOf(one, key), b: sideOf(other, key) };
    })
    .sort(
      (first, second) =>
        apart(share(second.a), share(second.b)) - apart(share(first.a), share(first.b)),
    );
}

/** Sessions with a loop of tools whose names say nothing outside of their session. */
export function unnamedLoopsOf(profiles: readonly SessionProfile[]): number {
  return profiles.filter(({ structure }) =>
    structure.loopKinds.some((kind) => kind.count > 0 && !isNamed(kind)),
  ).length;
}

/** Loops of kinds that a session's profile does not have, as a mean. */
export function otherLoopsOf(profiles: readonly SessionProfile[]): number {
  return profiles.reduce((sum, profile) => sum + loopsNotNamed(profile), 0) / profiles.length;
}

function loopsOf(profiles: readonly SessionProfile[]): NamedSums {
  return namedSums(
    profiles,
    (profile) => namedKinds(profile).map((kind) => [loopKey(kind), [kind.count]]),
    (profile) => loopsNotNamed(profile) > 0,
  );
}

function sideOf(sums: NamedSums, key: string): LoopSide | null {
  const known = knownOf(sums, key);
  if (known === 0) return null;
  const { amounts: [loops = 0] = [], sessions = 0 } = sums.byKey.get(key) ?? {};
  return { sessions, loops: loops / known, known };
}

function namedKinds({ structure }: SessionProfile): readonly LoopKind[] {
  return structure.loopKinds.filter((kind) => kind.count > 0 && isNamed(kind));
}

function isNamed({ tools }: LoopKind): boolean {
  return tools.every((tool) => comparableName(tool) !== undefined);
}
