/** What is remembered of sessions: every store counts it alike, and finds it again. */
import type { SessionProfile } from "@caum/workflows";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { DoorDraft, KeptSessionFacts } from "../src/ingest/intake.ts";
import type { ProfileFilter } from "../src/rows/memory-rows.ts";
import type { Store } from "../src/store/store.ts";
import type { StoreUnderTest } from "./store-contract.ts";

const KEYS = { digestKeyId: "test", digestKeyCommitment: "c".repeat(64) };
export const NOW = Date.parse("2026-01-01T00:00:00Z");
export const MINUTE_MS = 60_000;

export interface Plan {
  readonly id: string;
  readonly tenant?: number;
  readonly facts?: Partial<KeptSessionFacts>;
  /** Of no workflow. */
  readonly isUnmarked?: true;
  /** When it began, in minutes after now. */
  readonly minute?: number;
  /** Steps that are all new, then steps that are all the same. */
  readonly works?: number;
  readonly repeats?: number;
  readonly ends?: boolean;
}

const OPS = ["read", "write", "test"] as const;

function draftOf(at: number, isRepeat: boolean, atMs: number): DoorDraft {
  const op = isRepeat ? "test" : OPS[at % OPS.length];
  return {
    category: "tool_api",
    sourceTimestamp: new Date(atMs).toISOString(),
    sourceFramework: "client",
    payload: {
      toolName: isRepeat ? "retry" : `tool-${at % OPS.length}`,
      status: isRepeat ? "error" : "ok",
      stateId: isRepeat ? "same" : `state ${at}`,
      ...(op !== undefined && { op }),
      argumentsHash: (isRepeat ? "f" : at.toString(16)).padStart(64, "0"),
      durationMs: 10 + (at % 50),
      totalTokens: 5,
      costNanoUsd: 1_000,
      serverTag: `server-${at % 2}`,
    },
  };
}

let sent = 0;

/** One session as somebody sends it, step by step. */
export async function send(store: Store, plan: Plan): Promise<void> {
  const { id, tenant = 1, facts = {}, minute = 0, works = 0, repeats = 0, ends = false } = plan;
  const marked = plan.isUnmarked ? {} : { workflow: "tickets" };
  const startMs = NOW + minute * MINUTE_MS;
  for (let at = 0; at < works + repeats; at++) {
    const outcome = await store.submit({
      kind: "event",
      tenant,
      receivedMs: startMs + at * 100,
      sessionId: id,
      facts: { agentId: "agent", ...marked, ...facts },
      keys: KEYS,
      draft: draftOf(sent++, at >= works, startMs + at * 100),
      asksRoot: false,
    });
    expect(outcome.kind).toBe("event");
  }
  if (!ends) return;
  const receivedMs = startMs + (works + repeats) * 100;
  const end = {
    kind: "end",
    tenant,
    sessionId: id,
    keys: KEYS,
    receivedMs,
    resolved: true,
  } as const;
  expect((await store.submit(end)).kind).toBe("head");
}

export async function profilesIn(
  { reader }: Store,
  filter: Partial<ProfileFilter> = {},
  tenant = 1,
): Promise<readonly SessionProfile[]> {
  const found = await reader.memory.profiles(tenant, { limit: 100, ...filter });
  return found.map(({ profile }) => profile);
}

export function memoryContract(open: () => Promise<StoreUnderTest>): void {
  let subject: StoreUnderTest;
  beforeEach(async () => {
    subject = await open();
  });
  afterEach(() => subject.dispose());

  test("a profile says what a session did, and what became of it", async () => {
    await send(subject.store, { id: "s", works: 6, repeats: 8, ends: true });
    const [profile, ...others] = await profilesIn(subject.store);
    expect(others).toEqual([]);
    expect(profile).toMatchObject({
      sessionId: "s",
      workflow: "tickets",
      agent: "agent",
      client: "client",
      startedMs: NOW,
      ended: true,
      resolved: true,
      steps: 14,
      loops: 1,
      tokens: 70,
      costNanoUsd: 14_000,
      structure: { calls: 14, failures: 8, retries: 6 },
    });
    expect(profile?.servers.toSorted()).toEqual(["server-0", "server-1"]);
    expect(profile?.structure.ops.slice(0, 4)).toEqual([2, 0, 2, 10]);
    expect(profile?.structure.loopKinds).toMatchObject([{ tools: ["retry"], count: 1 }]);
    expect(profile?.loopSteps).toBe(profile?.structure.loopKinds[0]?.steps);
  });

  test("it is the same whether the session stayed in memory or not, on whichever node", async () => {
    await send(subject.store, { id: "straight", works: 100, repeats: 70 });
    sent -= 170;
    await send(subject.store, { id: "broken", works: 30 });
    subject = await subject.reopen();
    await send(subject.peer ?? subject.store, { id: "broken", minute: 1, works: 70, repeats: 35 });
    subject = await subject.reopen();
    await send(subject.store, { id: "broken", minute: 2, repeats: 35 });
    const [broken, straight] = (await profilesIn(subject.store)).toSorted((one, other) =>
      one.sessionId < other.sessionId ? -1 : 1,
    );
    expect(broken?.structure).toEqual(straight?.structure);
    expect(straight?.structure.calls).toBe(170);
    expect(straight?.loops).toBeGreaterThan(0);
  });

  test("a sender that starts over begins a new structure", async () => {
    await send(subject.store, { id: "s", works: 9, ends: true });
    await send(subject.store, { id: "s", minute: 1, works: 3 });
    expect(await profilesIn(subject.store)).toMatchObject([{ steps: 3, structure: { calls: 3 } }]);
  });

  test("profiles are found by workflow, cohort, agent and when they began, page by page", async () => {
    const plans: readonly Plan[] = [
      { id: "a", minute: 1, facts: { cohort: "before" } },
      { id: "b", minute: 2, facts: { cohort: "after" } },
      { id: "c", minute: 3, facts: { workflow: "other", agentName: "writer" } },
      { id: "d", minute: 4, facts: { cohort: "after" } },
      { id: "e", minute: 4, facts: { cohort: "after" } },
      { id: "f", minute: 5, tenant: 2 },
    ];
    for (const plan of plans) await send(subject.store, { ...plan, works: 2 });
    const ids = async (filter: Partial<ProfileFilter>) =>
      (await profilesIn(subject.store, filter)).map(({ sessionId }) => sessionId).toSorted();
    expect(await ids({})).toEqual(["a", "b", "c", "d", "e"]);
    expect(await ids({ workflow: "tickets" })).toEqual(["a", "b", "d", "e"]);
    expect(await ids({ workflow: "tickets", cohort: "after" })).toEqual(["b", "d", "e"]);
    expect(await ids({ agent: "writer" })).toEqual(["c"]);
    const at = (minute: number) => NOW + minute * MINUTE_MS;
    expect(await ids({ sinceMs: at(2), untilMs: at(4) })).toEqual(["b", "c"]);
    for (const workflow of [undefined, "tickets"]) {
      const seen: string[] = [];
      for (let after: ProfileFilter["after"]; ; ) {
        const page = await subject.store.reader.memory.profiles(1, { limit: 2, workflow, after });
        seen.push(...page.map(({ profile }) => profile.sessionId));
        const last = page.at(-1);
        if (last === undefined || page.length < 2) break;
        after = { startedMs: last.profile.startedMs, key: last.key };
      }
      expect(seen.toSorted()).toEqual(await ids({ workflow }));
      expect(seen.at(-1)).toBe("a");
    }
  });

  test("what retention deletes is remembered no more, and what comes after it is", async () => {
    await send(subject.store, { id: "s", works: 70, ends: true });
    const idleSinceMs = NOW + MINUTE_MS;
    for (const sessions of [1, 0]) {
      const answer = await subject.store.administer({ kind: "expire", tenant: 1, idleSinceMs });
      expect(answer).toEqual({ kind: "done", value: sessions });
    }
    expect(await profilesIn(subject.store)).toEqual([]);
    await send(subject.peer ?? subject.store, { id: "s", minute: 2, works: 3 });
    expect(await profilesIn(subject.store)).toMatchObject([{ structure: { calls: 3 } }]);
  });

  test("a deleted session has no profile any more", async () => {
    await send(subject.store, { id: "s", works: 3 });
    await subject.store.administer({ kind: "delete_session", tenant: 1, sessionId: "s" });
    expect(await profilesIn(subject.store)).toEqual([]);
  });
}

/** What a store holds after the layout before was brought to the present one. */
export async function checkUpgraded(store: Store): Promise<void> {
  expect(await profilesIn(store)).toEqual([]);
  await send(store, { id: "long", minute: 5, works: 5 });
  await send(store, { id: "short", minute: 5, works: 5 });
  await send(store, { id: "new", minute: 6, works: 4 });
  const known = await profilesIn(store);
  // What was judged before nobody counted; what is judged again is counted with the rest.
  expect(known.map(({ sessionId, structure }) => [sessionId, structure.calls])).toEqual([
    ["new", 4],
    ["short", 15],
  ]);
  await send(store, { id: "long", minute: 7, ends: true });
  await send(store, { id: "long", minute: 8, works: 7 });
  expect(await profilesIn(store)).toContainEqual(
    expect.objectContaining({ sessionId: "long", steps: 7 }),
  );
}

/** Sessions that are there before the upgrade: one whose judgement was stored, and one without. */
export async function fillBefore(store: Store): Promise<void> {
  await send(store, { id: "long", works: 150 });
  await send(store, { id: "short", works: 10 });
}
