/** Chains of senders, and what sessions are found by, are kept by every store. */
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { SessionView } from "../src/store/store.ts";
import { eventOf } from "./store/tenant-events.ts";
import type { StoreUnderTest } from "./store-contract.ts";

const hashOf = (at: number) => at.toString(16).padStart(32, "0");
const TRACE = "aa".repeat(16);
const RUN = "bb".repeat(16);

export function chainContract(open: () => Promise<StoreUnderTest>): void {
  let subject: StoreUnderTest;
  let sent: number;
  beforeEach(async () => {
    subject = await open();
    sent = 0;
  });
  afterEach(() => subject.dispose());

  /** Sends an event that links to the one of the given number, by one node and then the other. */
  async function link(
    sender: string,
    [at, before]: readonly [number, number],
    claim = { eventId: randomUUID(), body: "b" },
  ) {
    const node = sent++ % 2 === 0 ? subject.store : (subject.peer ?? subject.store);
    const previous = before === 0 ? ("none" as const) : { hash: hashOf(before) };
    const chain = { sender, hash: hashOf(at), previous };
    const outcome = await node.submit(eventOf(1, "s", { chain, claim }));
    if (outcome.kind !== "event") throw new Error("not taken");
    return outcome.standing.link;
  }

  async function viewOf(id: string): Promise<SessionView> {
    const view = await subject.store.reader.session(1, id);
    if (view === undefined || "gone" in view) throw new Error("no session");
    return view;
  }

  test("a chain goes on over nodes and restarts, and what it came to is counted", async () => {
    expect(await link("a", [1, 0])).toBe("linked");
    expect(await link("b", [11, 0])).toBe("linked");
    expect(await link("a", [2, 1])).toBe("linked");
    subject = await subject.reopen();
    expect(await link("a", [3, 2])).toBe("linked");
    expect(await link("b", [12, 10])).toBe("unequal");
    expect((await viewOf("s")).totals.links).toEqual({ linked: 4, unequal: 1 });
    const records = await subject.store.reader.records(1, "s", 0, 10);
    expect(records.map(({ standing }) => standing?.link)).toEqual([
      undefined,
      ...Array(4).fill("linked"),
      "unequal",
    ]);
  });

  test("what is sent again has the link of the first time, and moves no chain", async () => {
    const claim = { eventId: randomUUID(), body: "b" };
    await link("a", [1, 0]);
    expect(await link("a", [2, 9], claim)).toBe("unequal");
    expect(await link("a", [3, 2])).toBe("linked");
    expect(await link("a", [2, 9], claim)).toBe("unequal");
    expect(await link("a", [4, 3])).toBe("linked");
    expect((await viewOf("s")).totals.links).toEqual({ linked: 3, unequal: 1 });
  });

  test("sessions are found by all ids that they had, each tenant by its own", async () => {
    const name = async (tenant: number, id: string, traces: readonly string[]) => {
      const node = sent++ % 2 === 0 ? subject.store : (subject.peer ?? subject.store);
      const receivedMs = Date.UTC(2026, 0, 1) + sent;
      await node.submit(eventOf(tenant, id, { traces, receivedMs }));
    };
    for (const id of ["one", "two", "one"]) await name(1, id, [TRACE]);
    await name(1, "two", [RUN]);
    await name(1, "three", []);
    await name(2, "other", [TRACE, RUN]);
    subject = await subject.reopen();
    const found = async (tenant: number, ...traces: string[]) =>
      (await subject.store.reader.sessions(tenant, { limit: 9, traces })).map(({ id }) => id);
    expect(await found(1, TRACE)).toEqual(["two", "one"]);
    expect(await found(1, TRACE, RUN)).toEqual(["two"]);
    expect(await found(1, "cc".repeat(16))).toEqual([]);
    expect(await found(2, TRACE)).toEqual(["other"]);
    expect(await found(3, TRACE)).toEqual([]);
    const [last] = await subject.store.reader.sessions(1, { limit: 1, traces: [TRACE] });
    const after = last && { lastMs: last.lastMs, key: last.key };
    const rest = await subject.store.reader.sessions(1, { limit: 9, traces: [TRACE], after });
    expect(rest.map(({ id }) => id)).toEqual(["one"]);
  });

  test("a deleted session is found by nothing", async () => {
    await subject.store.submit(eventOf(1, "s", { traces: [TRACE] }));
    await subject.store.administer({ kind: "delete_session", tenant: 1, sessionId: "s" });
    expect(await subject.store.reader.sessions(1, { limit: 9, traces: [TRACE] })).toEqual([]);
  });
}
