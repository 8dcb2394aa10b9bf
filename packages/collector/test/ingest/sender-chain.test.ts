import { NO_PREVIOUS_HASH } from "@caum/core/verify/rules";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  type ChainClaim,
  followChain,
  NO_SENDERS,
  previousOf,
  type SenderChains,
} from "../../src/ingest/sender-chain.ts";

const same = (hash: string) => hash;
const hashOf = (at: number) => at.toString(16).padStart(64, "0");

function links(claims: readonly ChainClaim[], from: SenderChains = NO_SENDERS) {
  let chains = from;
  return claims.map((claim) => {
    const followed = followChain(chains, claim);
    chains = followed.chains;
    return followed.link;
  });
}

const event = (at: number, previous?: string, sender = "a"): ChainClaim => ({
  sender,
  hash: hashOf(at),
  previous: previousOf(previous, same),
});

test("an event is held against the one before of its sender, whatever others send between", () => {
  expect(
    links([
      event(1),
      event(10, undefined, "b"),
      event(2, hashOf(1)),
      event(11, hashOf(10), "b"),
      event(3, hashOf(1)),
      event(4, hashOf(3)),
    ]),
  ).toEqual([undefined, undefined, "linked", "linked", "unequal", "linked"]);
});

test("64 zeros begin a chain, and are wrong where there is an event before", () => {
  expect(links([event(1, NO_PREVIOUS_HASH), event(2, NO_PREVIOUS_HASH)])).toEqual([
    "linked",
    "unequal",
  ]);
});

test.each(["", "0", "g".repeat(64), "a".repeat(65), " ".repeat(64)])(
  "%j is malformed, and the next event links to its event all the same",
  (sent) => {
    expect(links([event(1), event(2, sent), event(3, hashOf(2))])).toEqual([
      undefined,
      "malformed",
      "linked",
    ]);
  },
);

test("upper case is the same hash", () => {
  expect(links([event(171), event(2, hashOf(171).toUpperCase())])).toEqual([undefined, "linked"]);
});

test("a hash that is missing after one was given is said once", () => {
  expect(
    links([event(1), event(2, hashOf(1)), event(3), event(4), event(5, hashOf(4)), event(6)]),
  ).toEqual([undefined, "linked", "missing", undefined, "linked", "missing"]);
});

test("what was not hashed cannot be compared", () => {
  const unhashed: ChainClaim = { sender: "a", hash: undefined, previous: undefined };
  expect(links([event(1), unhashed, event(3, hashOf(1)), event(4, hashOf(3))])).toEqual([
    undefined,
    undefined,
    "unknown",
    "linked",
  ]);
});

test("of more senders than are remembered the longest silent one begins anew, and is no break", () => {
  const first = Array.from({ length: 33 }, (_, at) => event(at + 1, undefined, `s${at}`));
  const later = [event(100, hashOf(33), "s32"), event(101, hashOf(1), "s0")];
  expect(links([...first, ...later]).slice(-2)).toEqual(["linked", "unknown"]);
});

test("senders that keep their chain are always linked, in whatever order they take turns", () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 7 }), { maxLength: 60 }), (turns) => {
      const last = new Map<number, string>();
      const claims = turns.map((sender, at) => {
        const claim = event(at + 1, last.get(sender) ?? NO_PREVIOUS_HASH, `s${sender}`);
        last.set(sender, hashOf(at + 1));
        return claim;
      });
      expect(new Set(links(claims))).toEqual(new Set(turns.length > 0 ? ["linked"] : []));
    }),
  );
});
