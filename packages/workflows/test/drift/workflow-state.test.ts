import { expect, test } from "vitest";
import {
  bytesOfState,
  cardOf,
  decodeState,
  encodeState,
  hasDrifted,
  MAX_STATE_BYTES,
  type SessionProfile,
  WorkflowState,
} from "../../src/index.ts";
import { BEGIN_MS, type Habits, MadeUpSessions, randomFrom, USUAL } from "./sessions.ts";

/** A state after so many usual sessions. */
function usual(seed: number, sessions = 150) {
  const history = new MadeUpSessions(seed);
  const state = new WorkflowState();
  for (let count = 0; count < sessions; count++) state.take(history.next());
  return { state, history };
}

/** Sessions until something has moved. */
function delayOf(habits: Partial<Habits>, seed: number): number {
  const { state, history } = usual(seed);
  for (let count = 1; count <= 60; count++) {
    state.take(history.next({ ...USUAL, ...habits }));
    if (hasDrifted(state)) return count;
  }
  return Number.POSITIVE_INFINITY;
}

const SEEDS = Array.from({ length: 12 }, (_, at) => 100 + at);
const foundSoon = (habits: Partial<Habits>, soon = 40): number =>
  SEEDS.filter((seed) => delayOf(habits, seed) <= soon).length;

test("nothing is said before there is a baseline", () => {
  const { state } = usual(1, 30);
  expect(cardOf(state)).toMatchObject({ state: "learning", baseline: { missing: 20 } });
  expect(cardOf(usual(1, 50).state)).toMatchObject({ state: "quiet", baseline: { missing: 0 } });
});

test("a workflow that stays as it is stays quiet", () => {
  let alarms = 0;
  for (let seed = 0; seed < 20; seed++) if (hasDrifted(usual(seed, 350).state)) alarms += 1;
  expect(alarms).toBeLessThanOrEqual(1);
});

test.each<[string, Partial<Habits>]>([
  ["more retries", { failing: 0.2, retried: 0.9 }],
  ["another order", { alternating: 0.4 }],
  ["longer sessions", { length: 26 }],
  ["another model", { model: "model-b" }],
  ["another tool", { tools: ["bash", "browse"] }],
  ["more tokens", { tokensPerStep: 1_600 }],
])("changed: %s; found within 40 sessions", (_, habits) => {
  expect(foundSoon(habits)).toBeGreaterThanOrEqual(11);
});

test("a model that nobody used before is found within five sessions", () => {
  expect(foundSoon({ model: "model-b" }, 5)).toBe(SEEDS.length);
});

test("of loops in one session of twenty, about every second is found: 40 sessions have two", () => {
  const found = foundSoon({ looping: 0.05 });
  expect(found).toBeGreaterThanOrEqual(3);
  expect(foundSoon({ looping: 0.25 })).toBeGreaterThanOrEqual(11);
});

test("the card says what moved, from what to what, and since which session", () => {
  const { state, history } = usual(3);
  for (let count = 0; count < 25; count++) {
    state.take(history.next({ ...USUAL, model: "model-b", length: 32 }));
  }
  const { state: cardState, moved } = cardOf(state);
  expect(cardState).toBe("high_review");
  const length = moved.find(({ channel }) => channel === "length");
  expect(length).toMatchObject({ unit: "steps", direction: "up" });
  expect(length?.from).toBeGreaterThan(14);
  expect(length?.from).toBeLessThan(22);
  expect(length?.to.value).toBeGreaterThan(25);
  expect(length?.to.low).toBeLessThan(length?.to.value ?? 0);
  expect(length?.to.high).toBeGreaterThan(length?.to.value ?? 0);
  const model = moved.find(({ channel }) => channel === "models");
  expect(model?.since).toEqual({
    session: 151,
    sessionId: "session-151",
    startedMs: BEGIN_MS + 151 * 3_600_000,
  });
  expect(["model-a", "model-b"]).toContain(model?.name);
});

test("what was found at a session did not begin behind it, however strong it became", () => {
  const { state, history } = usual(8);
  const named: (number | undefined)[] = [];
  for (let count = 0; count < 25; count++) {
    state.take(history.next({ ...USUAL, looping: 1 }));
    const loops = cardOf(state).moved.find(({ channel }) => channel === "loops");
    if (loops) named.push(loops.since.session);
  }
  expect(named.length).toBeGreaterThan(20);
  const found = 150 + 25 - named.length;
  expect(Math.max(...named.map((session) => session ?? 0))).toBeLessThanOrEqual(found + 1);
});

test("a change is watched first and for high review when it stays", () => {
  const { state, history } = usual(4);
  const states = new Set<string>();
  for (let count = 0; count < 60; count++) {
    state.take(history.next({ ...USUAL, length: 22 }));
    states.add(cardOf(state).state);
  }
  expect([...states]).toEqual(["quiet", "drift_watch", "high_review"]);
});

test("while something has moved, no session becomes part of what is normal", () => {
  const { state, history } = usual(7, 120);
  const growing = cardOf(state).baseline.sessions;
  while (!hasDrifted(state)) state.take(history.next({ ...USUAL, length: 40 }));
  const { sessions } = cardOf(state).baseline;
  expect(sessions).toBeGreaterThan(growing);
  expect(sessions).toBeLessThan(200);
  for (let count = 0; count < 60; count++) {
    state.take(history.next({ ...USUAL, length: 40 }));
    expect(cardOf(state).baseline.sessions).toBe(sessions);
  }
  // Once it is as it was, those that leave the ring join again.
  for (let count = 0; count < 60; count++) state.take(history.next());
  expect(hasDrifted(state)).toBe(false);
  expect(cardOf(state).baseline.sessions).toBeGreaterThan(sessions);
});

test("the same operations the other way round are another order", () => {
  const turned = (profile: SessionProfile) => {
    const transitions = Object.entries(profile.structure.transitions).map(([key, count]) => {
      const [from, to] = [Math.floor(Number(key) / 13), Number(key) % 13];
      return [to * 13 + from, count];
    });
    const structure = { ...profile.structure, transitions: Object.fromEntries(transitions) };
    return { ...profile, structure };
  };
  const history = new MadeUpSessions(21);
  const inOrder = () => {
    const profile = history.next();
    const { structure } = profile;
    // Of two operations, each session goes from the first to the second, and stays with either for a while.
    const transitions = { 0: structure.calls, 2: 1 + (structure.calls % 3), 28: structure.calls };
    return { ...profile, structure: { ...structure, transitions } };
  };
  const state = new WorkflowState();
  for (let count = 0; count < 120; count++) state.take(inOrder());
  expect(hasDrifted(state)).toBe(false);
  for (let count = 0; count < 20; count++) state.take(turned(inOrder()));
  const order = cardOf(state).moved.find(({ channel }) => channel === "order");
  expect(order).toMatchObject({ unit: "bits", direction: "up" });
  expect(order?.to.value).toBeGreaterThan(order?.from ?? 0);
});

test("what goes back to how it was is quiet again", () => {
  const { state, history } = usual(5);
  for (let count = 0; count < 20; count++) state.take(history.next({ ...USUAL, length: 32 }));
  expect(hasDrifted(state)).toBe(true);
  for (let count = 0; count < 50; count++) state.take(history.next());
  expect(cardOf(state).state).toBe("quiet");
});

test("a change that stays becomes what is normal", () => {
  const { state, history } = usual(6);
  const changed = { ...USUAL, length: 32 };
  for (let count = 0; count < 260; count++) state.take(history.next(changed));
  expect(cardOf(state)).toMatchObject({ state: "quiet", moved: [] });
  for (let count = 0; count < 40; count++) state.take(history.next());
  expect(hasDrifted(state)).toBe(true);
});

test("a chosen baseline stays: a range of time, or a cohort", () => {
  const history = new MadeUpSessions(7);
  const old = Array.from({ length: 80 }, () => history.next(USUAL, { cohort: "before" }));
  const changed = { ...USUAL, length: 32 };
  const now = Array.from({ length: 300 }, () => history.next(changed, { cohort: "after" }));
  const untilMs = now[0]?.startedMs ?? 0;
  const range = { kind: "range", sinceMs: BEGIN_MS, untilMs } as const;
  for (const choice of [range, { kind: "cohort", cohort: "before" } as const]) {
    const card = cardOf(WorkflowState.withChoice(choice, [...old, ...now]));
    expect(card).toMatchObject({ state: "high_review", baseline: { sessions: 80, choice } });
  }
  const few = { kind: "cohort", cohort: "nobody" } as const;
  expect(cardOf(WorkflowState.withChoice(few, [...old, ...now])).state).toBe("learning");
});

test("of how many of the latest sessions had a loop nothing is said with fewer than 20", () => {
  const history = new MadeUpSessions(12);
  const state = new WorkflowState();
  for (let count = 0; count < 19; count++) state.take(history.next({ ...USUAL, looping: 1 }));
  expect(cardOf(state).loops).toBeNull();
  state.take(history.next());
  expect(cardOf(state).loops).toEqual({ looped: 19, sessions: 20 });
  for (let count = 0; count < 30; count++) state.take(history.next());
  expect(cardOf(decodeState(encodeState(state))).loops).toEqual({ looped: 9, sessions: 40 });
});

test("what is not known of sessions moves nothing", () => {
  const history = new MadeUpSessions(8);
  const { tokensPerStep: _, ...silent } = USUAL;
  const state = new WorkflowState();
  for (let count = 0; count < 120; count++) state.take(history.next(silent));
  for (let count = 0; count < 40; count++) state.take(history.next());
  expect(cardOf(state).moved.map(({ channel }) => channel)).toEqual([]);
});

test("a state that is stored after each session goes on as one that is not", () => {
  const history = new MadeUpSessions(9);
  const kept = new WorkflowState();
  let stored = encodeState(new WorkflowState());
  for (let count = 0; count < 190; count++) {
    const profile = history.next(count < 150 ? USUAL : { ...USUAL, length: 30, looping: 0.2 });
    kept.take(profile);
    // Bytes that lie among others, as those of a Buffer do.
    const read = decodeState(Uint8Array.of(7, ...stored, 7).subarray(1, 1 + stored.length));
    read.take(profile);
    stored = encodeState(read);
    expect(stored).toEqual(encodeState(kept));
  }
  const [one, other] = [cardOf(decodeState(stored)), cardOf(kept)];
  expect(one.moved.map(({ channel }) => channel)).toEqual(other.moved.map((it) => it.channel));
  expect(one.moved.length).toBeGreaterThan(0);
});

test("sums that are kept from look to look find what a look at every session finds", () => {
  // What was read from its bytes has no sums yet.
  const { tokensPerStep: _, ...silent } = USUAL;
  const habits: readonly Habits[] = [
    USUAL,
    { ...USUAL, length: 20, failing: 0.14 },
    silent,
    { ...USUAL, alternating: 0.7, looping: 0.05 },
    { ...USUAL, model: "model-b", retried: 0.5 },
  ];
  let moved = 0;
  for (let seed = 30; seed < 34; seed++) {
    const random = randomFrom(seed);
    const history = new MadeUpSessions(seed);
    const kept = new WorkflowState();
    let stored = encodeState(kept);
    for (let count = 0; count < 420; count++) {
      // Long stretches that are usual, so that the baseline is full, and others that are not.
      const isUsual = count < 250 || Math.floor(count / 25) % 2 === 0;
      const at = isUsual ? (random() < 0.1 ? 2 : 0) : Math.floor(habits.length * random());
      const profile = history.next(habits[at]);
      kept.take(profile);
      const read = decodeState(stored);
      read.take(profile);
      stored = encodeState(read);
      expect(stored).toEqual(encodeState(kept));
      moved += cardOf(kept).moved.length;
    }
  }
  expect(moved).toBeGreaterThan(20);
});

test("a state has at most 4 KiB, whatever its sessions are like", () => {
  const random = randomFrom(10);
  const state = new WorkflowState();
  const history = new MadeUpSessions(10);
  let most = 0;
  for (let count = 0; count < 400; count++) {
    state.take(wild(history.next(), random, count));
    const bytes = encodeState(state);
    most = Math.max(most, bytes.length);
    expect(encodeState(decodeState(bytes))).toEqual(bytes);
  }
  expect(most).toBeLessThanOrEqual(MAX_STATE_BYTES);
  expect(most).toBeGreaterThan(MAX_STATE_BYTES - 300);
});

test("a state whose ids are too long for its bytes says so", () => {
  const { state } = usual(14);
  expect(bytesOfState(state).isWhole).toBe(true);
  const history = new MadeUpSessions(15);
  for (let count = 0; count < 40; count++) {
    state.take(history.next(USUAL, { sessionId: `session-${count}-${"x".repeat(100)}` }));
  }
  const { bytes, isWhole } = bytesOfState(state);
  expect(isWhole).toBe(false);
  expect(bytes.length).toBeLessThanOrEqual(MAX_STATE_BYTES);
});

test("bytes that are no state are refused", () => {
  expect(() => decodeState(Uint8Array.of(9, 9, 9))).toThrow(RangeError);
  const bytes = encodeState(usual(11).state);
  expect(() => decodeState(bytes.slice(0, 200))).toThrow(RangeError);
});

/** Everything is as large and as different as it can be. */
function wild(profile: SessionProfile, random: () => number, count: number): SessionProfile {
  const name = (kind: string, at: number) => `${kind}-${at}-${"é".repeat(240)}`.slice(0, 255);
  const wide = () => Math.floor(2 ** (30 * random()));
  const { structure } = profile;
  return {
    ...profile,
    sessionId: `session-${count}-${"x".repeat(200)}`,
    steps: wide(),
    tokens: wide(),
    costNanoUsd: wide() * 1_000,
    durationMs: wide(),
    loops: random() < 0.3 ? 1 : 0,
    structure: {
      ...structure,
      failures: Math.floor(structure.calls * random()),
      retries: Math.floor(structure.calls * random()),
      ops: structure.ops.map(() => Math.floor(3 * random())),
      transitions: Object.fromEntries(
        Array.from({ length: 60 }, () => [Math.floor(169 * random()), wide()]),
      ),
      tools: Array.from({ length: 16 }, (_, at) => ({
        tool: name("tool", (at + count) % 40),
        calls: wide(),
        toolErrors: 0,
        protocolErrors: 0,
        loopSteps: 0,
        durations: {},
      })),
      models: Object.fromEntries(
        Array.from({ length: 4 }, (_, at) => [name("model", (at + count) % 30), wide()]),
      ),
    },
  };
}
