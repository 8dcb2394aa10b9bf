import { describe, expect, test } from "vitest";
import { addKey, openLocalAccount } from "../../src/tenants/local-account.ts";
import { SignIns } from "../../src/tenants/sign-ins.ts";
import { signInContract } from "../store-contract-sign-ins.ts";
import { openSqlite } from "./open-sqlite.ts";

describe("SQLite", () => signInContract(openSqlite));

test("a key that is revoked while it signs a browser in signs nobody in", async () => {
  const { store, dispose } = await openSqlite();
  const account = await openLocalAccount(store, new Uint8Array(32), Date.now);
  const { tenant } = account;
  const keyId = await addKey(store, tenant, "caum_live_x", ["read"], 0);
  await store.administer({ kind: "revoke_key", tenant, keyId });
  const signIns = new SignIns(store, Date.now);
  const late = signIns.newBrowser({ ...account, scopes: ["read"], keyId });
  await expect(late).rejects.toMatchObject({ status: 401 });
  expect(await signIns.newBrowser({ ...account, scopes: ["read"] })).toMatch(/^caum_browser_/);
  await dispose();
});
