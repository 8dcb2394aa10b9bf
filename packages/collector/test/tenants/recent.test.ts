import { expect, test } from "vitest";
import type { Store } from "../../src/store/store.ts";
import { Recent } from "../../src/tenants/recent.ts";
import { hashSecret } from "../../src/tenants/secret.ts";
import { SignIns } from "../../src/tenants/sign-ins.ts";

test("what was being looked up while all was forgotten is not remembered", async () => {
  const recent = new Recent<string>({ keepMs: 1_000, limit: 10, clock: () => 0 });
  let finish = (_value: string) => {};
  const first = recent.get("key", () => new Promise((resolve) => (finish = resolve)));
  recent.clear();
  finish("known");
  expect(await first).toBe("known");
  expect(await recent.get("key", async () => "revoked")).toBe("revoked");
});

test("a browser that asks while it signs out is not remembered", async () => {
  const rows = new Map<string, object>();
  const reader = { signIn: async (hash: string) => rows.get(hash) };
  let during: Promise<unknown> | undefined;
  const administer = async (command: { kind: string; hash: string; signIn?: string }) => {
    if (command.kind === "add_sign_in") rows.set(command.hash, command);
    else {
      during = signIns.browser(secret);
      await during;
      rows.delete(command.hash);
    }
    return { kind: "done", value: 1 };
  };
  // What signing in and out needs of a store.
  const signIns = new SignIns({ reader, administer } as unknown as Store, () => 0);
  const secret = await signIns.newBrowser({
    tenant: 1,
    ulid: "u",
    kind: "account",
    plan: "p",
    trialEndsMs: undefined,
    scopes: ["read"],
  });
  expect(await signIns.browser(secret)).toMatchObject({ tenant: 1 });
  await signIns.signOut(secret);
  expect(during).toBeDefined();
  expect(rows.has(hashSecret(secret))).toBe(false);
  expect(await signIns.browser(secret)).toBeUndefined();
});

test("signing out says so when the store cannot be written", async () => {
  const administer = async () => ({ kind: "refused", code: "STORAGE_FULL" });
  const signIns = new SignIns({ administer } as unknown as Store, () => 0);
  await expect(signIns.signOut("x")).rejects.toMatchObject({ status: 507 });
});
