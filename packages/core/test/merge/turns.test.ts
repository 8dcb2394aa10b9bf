/** What becomes of one model call, whatever is heard of it. */
import { beforeEach, describe, expect, test } from "vitest";
import type { ReasoningObservation } from "../../src/capture/observation/observation.ts";
import type { Layer } from "../../src/capture/record.ts";
import {
  fullerIsBusy,
  isOwnedByFuller,
  own,
  processRegistry,
  responseKey,
} from "../../src/merge/process/process-registry.ts";
import { Turns } from "../../src/merge/turns.ts";

const MINUTE_MS = 60_000;

let tests = 0;
let id = "";
beforeEach(() => {
  id = `turn of test ${tests++}`;
});

function turnsOf(layer: Layer = "framework") {
  const seen: (ReasoningObservation & { readonly session: string })[] = [];
  const clock = { now: 1_000 };
  const turns = new Turns({
    layer,
    clock: () => clock.now,
    digest: (_session, turn) => turn,
    emit: (session, turn) => seen.push({ session, ...turn }),
  });
  return { turns, seen, clock };
}

describe("the event of a turn", () => {
  test("has what its start and its end said, and the time between", () => {
    const { turns, seen, clock } = turnsOf();
    const facts = { provider: "p", model: "asked", agent: "a", owner: "o" };
    turns.started({ session: "s", id }, facts);
    clock.now += 250;
    turns.started({ session: "s", id }, { model: "told again" });
    clock.now += 250;
    turns.ended({ session: "s", id }, { model: "answered", responseId: id, outputTokens: 3 });
    expect(seen).toEqual([
      {
        session: "s",
        kind: "turn",
        provider: "p",
        model: "answered",
        agent: "a",
        responseId: id,
        outputTokens: 3,
        parent: id,
        durationMs: 500,
      },
    ]);
  });

  test("has no duration where nobody told of its start", () => {
    const { turns, seen } = turnsOf();
    turns.ended({ session: "s", id }, { model: "m" });
    expect(seen).toEqual([
      { session: "s", kind: "turn", model: "m", parent: id, durationMs: undefined },
    ]);
  });

  test.each([
    [undefined, undefined, "its id"],
    ["of the start", undefined, "of the start"],
    [undefined, "of the end", "of the end"],
    ["of the start", "of the end", "of the end"],
  ])("whose start says parent %s and end %s is under %s", (first, last, expected) => {
    const { turns, seen } = turnsOf();
    turns.started({ session: "s", id }, { parent: first });
    turns.ended({ session: "s", id }, { parent: last });
    expect(seen[0]?.parent).toBe(expected === "its id" ? id : expected);
  });

  test("comes once, however often its end is told", () => {
    const { turns, seen } = turnsOf();
    turns.started({ session: "s", id });
    for (let time = 0; time < 2; time++) turns.ended({ session: "s", id }, {});
    expect([seen.length, turns.openCount, turns.parkedCount]).toEqual([1, 0, 0]);
  });
});

describe("a turn without an end", () => {
  test("is over with what it belongs to, and no other is", () => {
    const { turns, seen, clock } = turnsOf();
    const facts = { model: "m", owner: "one" };
    turns.started({ session: "s", id: `${id} a` }, facts);
    turns.started({ session: "s", id: `${id} b` }, { ...facts, parent: "p" });
    turns.started({ session: "s", id: `${id} c` }, { ...facts, owner: "two" });
    turns.started({ session: "s", id: `${id} d` });
    clock.now += 70;
    turns.abandoned("one", "error");
    const common = { session: "s", kind: "turn", model: "m", status: "error", durationMs: 70 };
    expect(seen).toEqual([
      { ...common, parent: `${id} a` },
      { ...common, parent: "p" },
    ]);
    turns.abandoned("two");
    expect(seen.map(({ status }) => status)).toEqual(["error", "error", "unresolved"]);
    turns.close();
    expect(seen.map(({ status }) => status)).toEqual([
      "error",
      "error",
      "unresolved",
      "unresolved",
    ]);
    expect(turns.openCount).toBe(0);
  });

  test.each([
    [10 * MINUTE_MS - 1, 0],
    [10 * MINUTE_MS, 1],
  ])("after %i ms has %i events", (ms, count) => {
    const { turns, seen, clock } = turnsOf();
    turns.started({ session: "s", id });
    clock.now += ms;
    turns.sweep(clock.now);
    expect([seen.length, turns.openCount]).toEqual([count, 1 - count]);
    turns.close();
  });

  test("keeps no other layer waiting once it was given up", () => {
    const { turns } = turnsOf();
    turns.started({ session: "s", id }, { owner: "o" });
    expect(fullerIsBusy("model")).toBe(true);
    turns.abandoned("o");
    expect(fullerIsBusy("model")).toBe(false);
  });

  test("is given up for newer ones when ten thousand are open", () => {
    const { turns, seen } = turnsOf();
    for (let at = 0; at <= 10_000; at++) turns.started({ session: `s${at}`, id: `${id} ${at}` });
    expect(seen.map(({ session, status }) => [session, status])).toEqual([["s0", "unresolved"]]);
    turns.close();
    expect(seen).toHaveLength(10_001);
  });
});

describe("a turn inside of a fuller layer's model call", () => {
  const inside = (layer: Layer, work: () => void) =>
    processRegistry().session.run({ id, modelCallOf: layer }, work);

  test.each([
    ["the id of its response", "response of a client"],
    ["its own id, where it has no other", undefined],
  ])("is that layer's, and so are the calls of %s", (_what, responseId) => {
    const { turns, seen } = turnsOf("model");
    inside("framework", () => turns.started({ session: "s", id }));
    expect(turns.openCount).toBe(0);
    turns.ended({ session: "s", id }, { responseId });
    expect(seen).toEqual([]);
    expect(isOwnedByFuller(responseKey(responseId ?? id), "model")).toBe(true);
  });

  test("is its own where that layer is no fuller one", () => {
    const { turns, seen } = turnsOf("framework");
    inside("model", () => turns.started({ session: "s", id }));
    turns.ended({ session: "s", id }, { responseId: id });
    expect(seen).toHaveLength(1);
    expect(isOwnedByFuller(responseKey(id), "model")).toBe(true);
    expect(isOwnedByFuller(responseKey(id), "framework")).toBe(false);
  });
});

describe("while a fuller layer has a model call under way", () => {
  const bothBusy = () => {
    const framework = turnsOf();
    framework.turns.started({ session: "f", id: `${id} f` });
    return { framework, client: turnsOf("model") };
  };

  test.each([
    [1_999, 0],
    [2_000, 1],
  ])("a turn waits, and after %i ms has %i events", (ms, count) => {
    const { framework, client } = bothBusy();
    client.turns.ended({ session: "s", id }, { responseId: id });
    client.clock.now += ms;
    client.turns.sweep(client.clock.now);
    expect([client.seen.length, client.turns.parkedCount]).toEqual([count, 1 - count]);
    framework.turns.close();
    client.turns.close();
    expect(client.seen).toHaveLength(1);
  });

  test("a turn whose response that layer claims has no event, and the others have theirs", () => {
    const { framework, client } = bothBusy();
    for (const at of ["a", "b", "no id"]) {
      const responseId = at === "no id" ? undefined : `${id} ${at}`;
      client.turns.ended({ session: at, id: `${id} ${at}` }, { responseId });
    }
    own(responseKey(`${id} a`), "framework");
    framework.turns.close();
    client.turns.sweep(client.clock.now);
    expect(client.seen.map(({ session }) => session)).toEqual(["b", "no id"]);
    expect(client.turns.parkedCount).toBe(0);
  });
});
