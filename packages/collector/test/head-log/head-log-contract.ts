/** What the log of session heads promises, on every store. */
import { Signer } from "@caum/core/collector";
import {
  hashLeaf,
  parseCheckpoint,
  parseNote,
  parseTlogProof,
  parseVerifierKey,
  sessionTag,
  verifyConsistency,
  verifyInclusion,
  verifySignatures,
} from "@caum/core/verify";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { logSigner } from "../../src/head-log/grown-log.ts";
import { HeadLog } from "../../src/head-log/head-log.ts";
import { loggedStore } from "../../src/head-log/logged-store.ts";
import type { Store } from "../../src/store/store.ts";
import { eventOf } from "../store/tenant-events.ts";
import type { StoreUnderTest } from "../store-contract.ts";

const SIGNER = new Signer("collector.example", Buffer.alloc(32, 3));
const WITNESSES = [1, 2].map((at) => new Signer(`w${at}.example`, Buffer.alloc(32, 40 + at)));
const ULID = "01JQZX5M3T8V9W0A1B2C3D4E5F";
const MINUTE_MS = 60_000;
/** More than a block of stored subtree roots. */
const MANY = 600;

interface Logged {
  readonly store: Store;
  readonly log: HeadLog;
  readonly clock: { nowMs: number };
}

function loggedOn(base: Store, clock = { nowMs: 1_000_000 }): Logged {
  const failures = (failure: Error) => {
    throw failure;
  };
  const parts = { store: base, signer: SIGNER, clock: () => clock.nowMs, onFailure: failures };
  const log = new HeadLog(parts);
  return { store: loggedStore(base, log), log, clock };
}

async function account(store: Store, ulid = ULID, tenantKind: "account" | "demo" = "account") {
  const made = { kind: "create_tenant", ulid, tenantKind, plan: "p", createdMs: 1 } as const;
  const answer = await store.administer(made);
  if (answer.kind !== "done") throw new Error(`no tenant: ${answer.code}`);
  return { tenant: answer.value, ulid };
}

export function headLogContract(open: () => Promise<StoreUnderTest>): void {
  describe("the log of session heads", () => {
    let subject: StoreUnderTest;
    let owner: { readonly tenant: number; readonly ulid: string };
    let logged: Logged;
    beforeEach(async () => {
      subject = await open();
      owner = await account(subject.store);
      logged = loggedOn(subject.store);
    });
    afterEach(async () => {
      await subject.dispose();
    });

    const put = async (id: string, { store }: Pick<Logged, "store"> = logged) => {
      const outcome = await store.submit(eventOf(owner.tenant, id));
      expect(outcome.kind).toBe("event");
    };
    const checkpoint = async () => {
      const newest = await logged.log.of(owner).latest();
      const note = parseNote(Buffer.from(newest?.note ?? ""));
      return { ...parseCheckpoint(note.text), note };
    };
    const texts = async () => {
      const entries = await logged.log.of(owner).entries(0, 10_000);
      return entries.map(({ text }) => text);
    };
    const cosign = async (size: number, at: number, seconds: number) => {
      const log = logged.log.of(owner);
      const notes = [await log.latest()].flatMap((one) => (one?.size === size ? [one] : []));
      const { text } = parseNote(Buffer.from(notes[0]?.note ?? ""));
      const { name, keyId, bytes } = WITNESSES[at]?.cosign(text, seconds) ?? never();
      const data = Buffer.concat([Buffer.from(keyId, "hex"), bytes]).toString("base64");
      await log.keep(size, [`\u2014 ${name} ${data}\n`]);
    };

    test("has a leaf for each session that changed, under a checkpoint of its own key", async () => {
      await put("a");
      await put("b");
      await logged.log.round();
      const { origin, size, root, note } = await checkpoint();
      expect(origin).toBe(`collector.example/${ULID}/log`);
      const key = parseVerifierKey(logSigner(SIGNER, ULID).vkey);
      expect(key.name).toBe(origin);
      expect(verifySignatures(note, [key]).length).toBe(1);
      const leaves = await texts();
      const origins = leaves.map((text) => parseCheckpoint(text).origin);
      const ofSessions = ["b", "a"].map((id) => `collector.example/${ULID}/${sessionTag(id)}`);
      expect(origins.toSorted()).toEqual(ofSessions.toSorted());
      expect(size).toBe(2);
      const [first = "", second = ""] = leaves.map(hashLeaf);
      expect(verifyInclusion(0, 2, first, [second], root)).toBe(true);
    });

    test("is as it was while nothing changed, and lets one session rest between two leaves", async () => {
      await put("a");
      await logged.log.round();
      await logged.log.round();
      await put("a");
      await logged.log.round();
      expect((await checkpoint()).size).toBe(1);
      logged.clock.nowMs += 10_000;
      await logged.log.round();
      expect((await checkpoint()).size).toBe(2);
      const sizes = (await texts()).map((text) => parseCheckpoint(text).size);
      expect(sizes).toEqual([...sizes].sort((a, b) => a - b));
    });

    test("holds what a node took that died before it told anybody", async () => {
      await put("a", subject);
      expect(await logged.log.of(owner).latest()).toBeUndefined();
      await logged.log.round();
      expect((await checkpoint()).size).toBe(1);
      // It looks through all of them again after an hour.
      for (let page = 0; page < 3; page++) await logged.log.round();
      await put("b", subject);
      await logged.log.round();
      expect((await checkpoint()).size).toBe(1);
      logged.clock.nowMs += 3_600_000;
      await logged.log.round();
      expect((await checkpoint()).size).toBe(2);
    });

    test("keeps the leaves of a session that is deleted, and names it as deleted", async () => {
      await put("a");
      await put("b");
      await logged.log.round();
      const before = await texts();
      const { tenant } = owner;
      await subject.store.administer({ kind: "delete_session", tenant, sessionId: "a" });
      await logged.log.round();
      expect(await texts()).toEqual(before);
      expect(await logged.log.of(owner).deleted("", 10)).toEqual([sessionTag("a")]);
    });

    test("a session of nobody's account is in no log", async () => {
      owner = await account(subject.store, "01JQZX5M3T8V9W0A1B2C3D4E5G", "demo");
      await put("a");
      await logged.log.round();
      expect(await logged.log.of(owner).latest()).toBeUndefined();
    });

    test("proves across stored blocks that it only grew, and what it holds", async () => {
      for (let at = 0; at < MANY; at++) await put(`s${at}`);
      for (let round = 0; round < 3; round++) await logged.log.round();
      const log = logged.log.of(owner);
      const last = await checkpoint();
      expect(last.size).toBe(MANY);
      await put("one more");
      await logged.log.round();
      const now = await checkpoint();
      const proof = await log.consistency(MANY, MANY + 1);
      const hashes = proof.map((hash) => Buffer.from(hash).toString("hex"));
      expect(verifyConsistency(last, now, hashes)).toBe(true);
      expect(verifyConsistency({ ...last, root: now.root }, now, hashes)).toBe(false);
      for (const id of ["s0", "s255", "s256", "s599"]) {
        const view = await subject.store.reader.session(owner.tenant, id);
        if (view === undefined || "gone" in view) throw new Error("it is there");
        const [one] = await log.proofsOf(sessionTag(id), view.tree.size);
        const { index, hashes: path } = parseTlogProof(Buffer.from(one?.proof ?? ""));
        const leaf = hashLeaf(one?.entry.text ?? "");
        expect(verifyInclusion(index, now.size, leaf, path, now.root)).toBe(true);
      }
    });

    test("gives the earliest checkpoint of each one who co-signed, and the newest head at once", async () => {
      await put("a");
      await logged.log.round();
      await cosign(1, 0, 100);
      logged.clock.nowMs += MINUTE_MS;
      await put("b");
      await logged.log.round();
      await cosign(2, 0, 160);
      await cosign(2, 1, 161);
      const log = logged.log.of(owner);
      const signersOf = (proof: string) =>
        parseNote(Buffer.from(parseTlogProof(Buffer.from(proof)).note)).signatures.map(
          ({ name }) => name,
        );
      const [first, second, ...more] = await log.proofsOf(sessionTag("a"), 100);
      expect(more).toEqual([]);
      expect(signersOf(first?.proof ?? "")).toEqual([log.origin, "w1.example"]);
      expect(signersOf(second?.proof ?? "")).toEqual([log.origin, "w1.example", "w2.example"]);
      logged.clock.nowMs += MINUTE_MS;
      await put("a");
      const view = await subject.store.reader.session(owner.tenant, "a");
      if (view === undefined || "gone" in view) throw new Error("it is there");
      await logged.log.include(
        { ...owner, kind: "account", plan: "p", trialEndsMs: undefined },
        view,
      );
      const both = await log.proofsOf(sessionTag("a"), view.tree.size);
      expect(both.map(({ entry }) => entry.size)).toEqual([2, 2, 3]);
      expect(signersOf(both.at(-1)?.proof ?? "")).toEqual([log.origin]);
    });

    test("keeps a line once, and of one minute and the same witnesses the first and the newest", async () => {
      for (let at = 1; at <= 4; at++) {
        await put(`s${at}`);
        await logged.log.round();
        await cosign(at, 0, 100 + at);
        await cosign(at, 0, 100 + at);
      }
      const notes = await subject.store.reader.log.cosignedNotes(owner.tenant, 0, 10);
      expect(notes.map(({ size }) => size)).toEqual([1, 4]);
      const lines = notes.map(({ note }) => parseNote(Buffer.from(note)).signatures.length);
      expect(lines).toEqual([2, 2]);
    });

    test("what cannot be logged of one account keeps no other from it, and is logged later", async () => {
      const other = await account(subject.store, "01JQZX5M3T8V9W0A1B2C3D4E5H");
      let isFull = true;
      const full: Store = {
        ...subject.store,
        reader: subject.store.reader,
        status: () => subject.store.status(),
        submit: (intake) => subject.store.submit(intake),
        administer: async (command) => {
          const isOwn = "tenant" in command && command.tenant === owner.tenant;
          if (isFull && isOwn) return { kind: "refused", code: "STORAGE_FULL" };
          return subject.store.administer(command);
        },
      };
      logged = loggedOn(full);
      await put("a");
      await logged.store.submit(eventOf(other.tenant, "b"));
      await expect(logged.log.round()).rejects.toThrow("STORAGE_FULL");
      expect((await logged.log.of(other).latest())?.size).toBe(1);
      const view = await subject.store.reader.session(owner.tenant, "a");
      if (view === undefined || "gone" in view) throw new Error("it is there");
      await logged.log.include(
        { ...owner, kind: "account", plan: "p", trialEndsMs: undefined },
        view,
      );
      expect(await logged.log.of(owner).latest()).toBeUndefined();
      isFull = false;
      await logged.log.round();
      expect((await checkpoint()).size).toBe(1);
    });

    test("goes on under another key, and proves nothing of what the key before it logged", async () => {
      await put("a");
      await logged.log.round();
      const signer = new Signer("other.example", Buffer.alloc(32, 5));
      const onFailure = () => {};
      const clock = () => logged.clock.nowMs;
      const later = new HeadLog({ store: subject.store, signer, clock, onFailure });
      expect(await later.of(owner).proofsOf(sessionTag("a"), 100)).toEqual([]);
      await put("b");
      later.changed(owner.tenant, "b");
      await later.round();
      const [one] = await later.of(owner).proofsOf(sessionTag("b"), 100);
      expect(parseCheckpoint(one?.entry.text ?? "").origin).toContain(`other.example/${ULID}/`);
      expect(parseTlogProof(Buffer.from(one?.proof ?? "")).note).toContain(later.of(owner).origin);
    });

    test("tells which logs grew since a moment", async () => {
      await put("a");
      await logged.log.round();
      const { nowMs } = logged.clock;
      const originsSince = async (sinceMs: number) =>
        (await logged.log.changedSince(sinceMs)).map(({ origin }) => origin);
      expect(await originsSince(nowMs)).toEqual([`collector.example/${ULID}/log`]);
      expect(await originsSince(nowMs + 1)).toEqual([]);
    });

    test("two nodes that log at once never make two roots of one size, and no leaf twice", async () => {
      const peer = loggedOn(subject.peer ?? subject.store);
      const nodes = [logged, peer] as const;
      for (let round = 0; round < 10; round++) {
        for (let at = 0; at < 4; at++) await put(`s${round}-${at}`, nodes[at % 2] ?? logged);
        await Promise.all(nodes.map(({ log }) => log.round()));
      }
      const leaves = await texts();
      expect(new Set(leaves).size).toBe(40);
      expect(leaves.length).toBe(40);
      expect((await checkpoint()).size).toBe(40);
      const log = logged.log.of(owner);
      const first = await subject.store.reader.log.entries(owner.tenant, 0, 1);
      const proof = await log.consistency(1, 40);
      const hashes = proof.map((hash) => Buffer.from(hash).toString("hex"));
      const one = { size: 1, root: hashLeaf(first[0]?.text ?? "") };
      expect(verifyConsistency(one, await checkpoint(), hashes)).toBe(true);
    });
  });
}

function never(): never {
  throw new Error("there is no such witness");
}
