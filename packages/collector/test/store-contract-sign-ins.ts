/** What every store must do about signed-in browsers, and about finding sessions for them. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { EventIntake } from "../src/ingest/intake.ts";
import type { SignInCommand } from "../src/rows/sign-in-rows.ts";
import { addKey, openLocalAccount } from "../src/tenants/local-account.ts";
import { hashSecret } from "../src/tenants/secret.ts";
import { SignIns } from "../src/tenants/sign-ins.ts";
import type { StoreUnderTest } from "./store-contract.ts";

const NOW = Date.parse("2026-01-01T00:00:00Z");
const HASH = hashSecret("a secret");
const KEYS = { digestKeyId: "test", digestKeyCommitment: "c".repeat(64) };

export function signInContract(open: () => Promise<StoreUnderTest>): void {
  describe("sign-ins", () => {
    let subject: StoreUnderTest;
    let tenant: number;
    beforeEach(async () => {
      subject = await open();
      tenant = await newTenant("01J00000000000000000000001");
    });
    afterEach(() => subject.dispose());

    const administer = async (command: Parameters<typeof subject.store.administer>[0]) => {
      const answer = await subject.store.administer(command);
      if (answer.kind === "refused") throw new Error(answer.code);
      return answer.value;
    };
    const newTenant = (ulid: string) =>
      administer({
        kind: "create_tenant",
        ulid,
        tenantKind: "account",
        plan: "self_hosted",
        createdMs: NOW,
      });
    const signIn = (more: Partial<Extract<SignInCommand, { kind: "add_sign_in" }>> = {}) =>
      administer({
        kind: "add_sign_in",
        hash: HASH,
        tenant,
        signIn: "link",
        scopes: ["ingest", "read"],
        expiresMs: NOW + 60_000,
        ...more,
      });

    test("a key that is revoked while it signs a browser in signs nobody in", async () => {
      const { store } = subject;
      const account = await openLocalAccount(store, new Uint8Array(32), Date.now);
      const facts = { createdMs: 0 };
      const keyId = await addKey(store, account.tenant, "caum_live_x", ["read"], facts);
      await store.administer({ kind: "revoke_key", tenant: account.tenant, keyId });
      const signIns = new SignIns(store, Date.now);
      const late = signIns.newBrowser({ ...account, scopes: ["read"], keyId });
      await expect(late).rejects.toMatchObject({ status: 401 });
      expect(await signIns.newBrowser({ ...account, scopes: ["read"] })).toMatch(/^caum_browser_/);
    });

    test("a browser stays signed in no longer than the key that it showed", async () => {
      const { store } = subject;
      const account = await openLocalAccount(store, new Uint8Array(32), () => NOW);
      const signIns = new SignIns(store, () => NOW);
      const expiring = { ...account, scopes: ["read"], keyExpiresMs: NOW + 5_000 };
      const secret = await signIns.newBrowser(expiring);
      expect(await signIns.browser(secret)).toMatchObject({ expiresMs: NOW + 5_000 });
      expect(await new SignIns(store, () => NOW + 5_000).browser(secret)).toBeUndefined();
    });

    test("a sign-in is found by its hash, with its tenant and what it may do", async () => {
      await signIn();
      expect(await subject.store.reader.signIn(HASH)).toMatchObject({
        tenant,
        ulid: "01J00000000000000000000001",
        signIn: "link",
        scopes: ["ingest", "read"],
        expiresMs: NOW + 60_000,
      });
      expect(await subject.store.reader.signIn(hashSecret("another"))).toBeUndefined();
    });

    test("of many who remove it at once, one is told that it did", async () => {
      await signIn();
      const removed = await Promise.all(
        Array.from({ length: 20 }, () => administer({ kind: "remove_sign_in", hash: HASH })),
      );
      expect(removed.filter((count) => count === 1)).toHaveLength(1);
      expect(await subject.store.reader.signIn(HASH)).toBeUndefined();
    });

    test("what a revoked key signed in is signed out, and nothing else", async () => {
      await administer({
        kind: "add_key",
        tenant,
        hash: hashSecret("key"),
        keyId: "key_1",
        prefix: "caum_live_1",
        scopes: ["read"],
        createdMs: NOW,
      });
      const other = hashSecret("other");
      await signIn({ signIn: "browser", keyId: "key_1" });
      await signIn({ signIn: "browser", keyId: "key_2", hash: other });
      await administer({ kind: "revoke_key", tenant, keyId: "key_1" });
      expect(await subject.store.reader.signIn(HASH)).toBeUndefined();
      expect(await subject.store.reader.signIn(other)).toBeDefined();
    });

    test("sign-ins that ran out are purged", async () => {
      await signIn();
      await administer({ kind: "purge", nowMs: NOW + 60_001 });
      expect(await subject.store.reader.signIn(HASH)).toBeUndefined();
    });

    test("sessions are searched by part of their id, agent or workflow, literally", async () => {
      for (const [id, agentName, workflow] of [
        ["refund-1", "Helper", "tickets"],
        ["refund_2", "pager", "100%"],
        ["other", "pager", "REFUNDS"],
      ] as const) {
        await subject.store.submit(event(tenant, id, { agentId: "a", agentName, workflow }));
      }
      const found = async (search: string) => {
        const views = await subject.store.reader.sessions(tenant, { limit: 10, search });
        return views.map(({ id }) => id).sort();
      };
      expect(await found("refund")).toEqual(["other", "refund-1", "refund_2"]);
      expect(await found("HELP")).toEqual(["refund-1"]);
      expect(await found("d_2")).toEqual(["refund_2"]);
      expect(await found("0%")).toEqual(["refund_2"]);
      expect(await found("\\")).toEqual([]);
    });

    test("sessions are listed from a moment on", async () => {
      for (const [index, id] of ["a", "b", "c"].entries()) {
        await subject.store.submit(event(tenant, id, { agentId: "a" }, NOW + index));
      }
      const filter = { limit: 10, sinceMs: NOW + 1 };
      const views = await subject.store.reader.sessions(tenant, filter);
      expect(views.map(({ id }) => id)).toEqual(["c", "b"]);
    });
  });
}

function event(
  tenant: number,
  sessionId: string,
  facts: EventIntake["facts"],
  receivedMs = NOW,
): EventIntake {
  return {
    kind: "event",
    tenant,
    receivedMs,
    sessionId,
    facts,
    keys: KEYS,
    draft: {
      category: "tool_api",
      sourceTimestamp: new Date(receivedMs).toISOString(),
      payload: { toolName: "tool", status: "ok" },
    },
    asksRoot: false,
  };
}
