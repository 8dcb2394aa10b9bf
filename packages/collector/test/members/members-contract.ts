/** What every store must do about members, their links and their browsers. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MAX_MEMBERS } from "../../src/rows/people/member-rows.ts";
import { Members, newMemberId } from "../../src/tenants/people/members.ts";
import { hashSecret } from "../../src/tenants/secret.ts";
import { SignIns } from "../../src/tenants/sign-ins.ts";
import type { StoreUnderTest } from "../store-contract.ts";

const NOW = Date.parse("2026-01-01T00:00:00Z");
const DAY_MS = 86_400_000;
const YEAR_MS = 365 * DAY_MS;

export function memberContract(open: () => Promise<StoreUnderTest>): void {
  describe("members", () => {
    let subject: StoreUnderTest;
    let tenant: number;
    let now: number;
    let signIns: SignIns;
    let members: Members;
    beforeEach(async () => {
      now = NOW;
      subject = await open();
      const { store } = subject;
      signIns = new SignIns(store, () => now);
      members = new Members(store, signIns, () => now);
      tenant = await newTenant("01J00000000000000000000001");
    });
    afterEach(() => subject.dispose());

    const newTenant = async (ulid: string, tenantKind: "account" | "demo" = "account") => {
      const made = { ulid, tenantKind, plan: "self_hosted", createdMs: NOW };
      const answer = await subject.store.administer({ kind: "create_tenant", ...made });
      if (answer.kind === "refused") throw new Error(answer.code);
      return answer.value;
    };
    const invite = (label = "Ada", role: "viewer" | "admin" = "viewer") =>
      members.invite(tenant, { label, role });
    const list = () => subject.store.reader.members.members(tenant);
    const opened = async (secret: string) => (await members.open(secret)) ?? "refused";

    test("whoever opens an invitation is a member, with the scopes of the role", async () => {
      const viewer = await invite();
      now += 1;
      const admin = await invite("ada@example.com", "admin");
      expect(await list()).toMatchObject([
        { id: viewer.memberId, role: "viewer", label: "Ada", joinedMs: undefined },
        { id: admin.memberId, role: "admin", invitedUntilMs: now + 7 * DAY_MS },
      ]);
      now += 1_000;
      const { memberId } = viewer;
      expect(await signIns.browser(await opened(viewer.secret))).toMatchObject({
        tenant,
        memberId,
        scopes: ["read"],
      });
      expect(await signIns.browser(await opened(admin.secret))).toMatchObject({
        memberId: admin.memberId,
        scopes: ["read", "admin"],
      });
      expect(await list()).toMatchObject([
        { joinedMs: now, seenMs: now, invitedUntilMs: undefined },
        { joinedMs: now, seenMs: now, invitedUntilMs: undefined },
      ]);
    });

    test("of many browsers that open one invitation at once, one is signed in", async () => {
      const { secret } = await invite();
      const peer = new Members(subject.peer ?? subject.store, signIns, () => now);
      const all = Array.from({ length: 20 }, (_, at) => (at % 2 ? peer : members).open(secret));
      const browsers = (await Promise.all(all)).filter((browser) => browser !== undefined);
      expect(browsers).toHaveLength(1);
      expect(await opened(secret)).toBe("refused");
    });

    test("a link ends with its week, also for a clock that is set back", async () => {
      const { secret } = await invite();
      now = NOW + 7 * DAY_MS;
      expect(await opened(secret)).toBe("refused");
      now = NOW + YEAR_MS;
      const ahead = await invite("Bob");
      now = NOW;
      expect(await opened(ahead.secret)).toBe("refused");
      const fresh = await invite("Cleo");
      // Nodes that share a store have clocks of their own.
      now = NOW - 60_000;
      expect(await opened(fresh.secret)).not.toBe("refused");
    });

    test("a new link takes the place of the one before, and signs the same member in", async () => {
      const first = await invite();
      const second = await members.renew(tenant, first.memberId);
      expect(await opened(first.secret)).toBe("refused");
      const browser = await opened(second.secret);
      const third = await members.renew(tenant, first.memberId);
      const again = await opened(third.secret);
      for (const secret of [browser, again]) {
        expect(await signIns.browser(secret)).toMatchObject({ memberId: first.memberId });
      }
      expect(await list()).toHaveLength(1);
      const unknown = members.renew(tenant, newMemberId());
      await expect(unknown).rejects.toMatchObject({ status: 404 });
    });

    test("another role signs the member's browsers out, and nobody else's", async () => {
      const [ada, bob] = [await invite("Ada", "admin"), await invite("Bob", "admin")];
      const hers = await opened(ada.secret);
      const his = await opened(bob.secret);
      await members.setRole(tenant, ada.memberId, "admin");
      expect(await signIns.browser(hers)).toBeDefined();
      await members.setRole(tenant, ada.memberId, "viewer");
      expect(await signIns.browser(hers)).toBeUndefined();
      expect(await signIns.browser(his)).toBeDefined();
      const { secret } = await members.renew(tenant, ada.memberId);
      expect(await signIns.browser(await opened(secret))).toMatchObject({ scopes: ["read"] });
    });

    test("an invitation gives the role that its member has when it is opened", async () => {
      const { secret, memberId } = await invite("Ada", "admin");
      await members.setRole(tenant, memberId, "viewer");
      expect(await signIns.browser(await opened(secret))).toMatchObject({ scopes: ["read"] });
    });

    test("whoever is removed has neither browser nor link", async () => {
      const joined = await invite("Ada");
      const waiting = await invite("Bob");
      const browser = await opened(joined.secret);
      const link = await members.renew(tenant, joined.memberId);
      await members.remove(tenant, joined.memberId);
      await members.remove(tenant, waiting.memberId);
      expect(await signIns.browser(browser)).toBeUndefined();
      expect(await opened(link.secret)).toBe("refused");
      expect(await opened(waiting.secret)).toBe("refused");
      expect(await list()).toEqual([]);
      const again = members.remove(tenant, joined.memberId);
      await expect(again).rejects.toMatchObject({ status: 404 });
    });

    test("who is removed while the link is opened is signed in nowhere", async () => {
      const peer = new Members(subject.peer ?? subject.store, signIns, () => now);
      for (let at = 0; at < 20; at++) {
        const { secret, memberId } = await invite(`Ada ${at}`, "admin");
        const [browser] = await Promise.all([peer.open(secret), members.remove(tenant, memberId)]);
        if (browser === undefined) continue;
        expect(await subject.store.reader.signIn(hashSecret(browser))).toBeUndefined();
      }
      expect(await list()).toEqual([]);
    });

    test("labels are of one member each, whatever their capitals; only those of ASCII", async () => {
      await invite("kim@example.com");
      await expect(invite("Kim@Example.COM")).rejects.toMatchObject({ status: 409 });
      // The sign for Kelvin is no k.
      await invite("\u212aim@example.com");
      expect(await list()).toHaveLength(2);
    });

    test("there is room for so many members and no more, also for two nodes at once", async () => {
      const peer = new Members(subject.peer ?? subject.store, signIns, () => now);
      const asked = Array.from({ length: MAX_MEMBERS + 10 }, (_, at) =>
        (at % 2 ? peer : members).invite(tenant, { label: `m${at}`, role: "viewer" }),
      );
      const settled = await Promise.allSettled(asked);
      expect(settled.filter(({ status }) => status === "rejected")).toHaveLength(10);
      expect(await list()).toHaveLength(MAX_MEMBERS);
    });

    test("no tenant reaches a member of another", async () => {
      const { memberId, secret } = await invite();
      const other = await newTenant("01J00000000000000000000002");
      for (const attempt of [
        () => members.renew(other, memberId),
        () => members.setRole(other, memberId, "admin"),
        () => members.remove(other, memberId),
      ]) {
        await expect(attempt()).rejects.toMatchObject({ status: 404 });
      }
      expect(await subject.store.reader.members.member(other, memberId)).toBeUndefined();
      expect(await subject.store.reader.members.members(other)).toEqual([]);
      const { secret: _, ...browser } = members.newBrowser();
      const command = { kind: "open_invitation", memberId, hash: hashSecret(secret) } as const;
      expect(
        await subject.store.administer({ ...command, tenant: other, ...browser }),
      ).toMatchObject({ code: "NOT_FOUND" });
      expect(await opened(secret)).not.toBe("refused");
    });

    test("an invitation of a tenant that is gone invites nobody", async () => {
      const demo = await newTenant("01J00000000000000000000003", "demo");
      const { secret } = await members.invite(demo, { label: "Ada", role: "viewer" });
      const browser = await opened(
        (await members.invite(demo, { label: "B", role: "viewer" })).secret,
      );
      await subject.store.administer({ kind: "purge", nowMs: NOW + 2 * DAY_MS });
      signIns.forget();
      expect(await opened(secret)).toBe("refused");
      expect(await signIns.browser(browser)).toBeUndefined();
      expect(await subject.store.reader.members.members(demo)).toEqual([]);
    });

    test("a link that ran out is purged, and its member can get another", async () => {
      const { memberId, secret } = await invite();
      await subject.store.administer({ kind: "purge", nowMs: NOW + 7 * DAY_MS + 1 });
      expect(await opened(secret)).toBe("refused");
      const renewed = await members.renew(tenant, memberId);
      expect(await opened(renewed.secret)).not.toBe("refused");
    });

    test("when a member was here last is noted every five minutes at most", async () => {
      const { secret, memberId } = await invite();
      await opened(secret);
      const seenMs = async () =>
        (await subject.store.reader.members.member(tenant, memberId))?.seenMs;
      now += 10_000;
      members.see({ tenant, memberId });
      await expect.poll(seenMs).toBe(now);
      now += 10_000;
      members.see({ tenant, memberId });
      now += 5 * 60_000;
      members.see({ tenant, memberId });
      await expect.poll(seenMs).toBe(now);
      expect(now).toBe(NOW + 20_000 + 5 * 60_000);
    });
  });
}
