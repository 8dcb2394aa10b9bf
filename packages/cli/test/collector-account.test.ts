/** What an operator asks of a running collector: keys, retention, usage, evidence packs. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TemporaryHome } from "./install/temporary-home.ts";
import { printedBy } from "./printed-by.ts";
import { RunningCollector } from "./running-collector.ts";

let machine: TemporaryHome;
let running: RunningCollector;
beforeAll(async () => {
  machine = new TemporaryHome();
  running = await RunningCollector.start(machine);
  for (let number = 1; number <= 3; number++) {
    const step = { session_id: "s", step: number, tool: "bash", workflow: "tickets" };
    await post("/v1/step", step);
  }
});
afterAll(async () => {
  await running.stop();
  machine.remove();
});

const post = (path: string, body: object, key = running.apiKey) =>
  fetch(`${running.url}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
/** On the collector's machine, where nobody has to give a key. */
const collector = (...words: readonly string[]) => printedBy(["collector", ...words], machine.env);
/** From another machine. */
const elsewhere = (...words: readonly string[]) =>
  printedBy(["collector", ...words, ...running.flags], {
    ...machine.env,
    CAUM_HOME: join(machine.home, "elsewhere"),
  });

test("a key is made, listed by its beginning, and opens nothing once it is revoked", async () => {
  const made = await collector("keys", "add", "--scopes", "ingest", "--json");
  expect(made.code).toBe(0);
  const { api_key: key, key_id: id, scopes } = JSON.parse(made.seen);
  expect(scopes).toEqual(["ingest"]);
  const step = { session_id: "keyed", step: 1, tool: "a" };
  expect((await post("/v1/step", step, key)).status).toBe(200);
  const listed = await collector("keys", "list");
  const day = "\\d{4}-\\d\\d-\\d\\d";
  expect(listed.seen).toMatch(new RegExp(`^${id}  ${day}  ${day}  never       ingest `, "m"));
  expect(listed.seen).toMatch(new RegExp(`^${id} .*ingest +key first admin key +caum_live_`, "m"));
  expect(listed.seen).toMatch(/ first start +caum_admin_\S+ +first admin key$/m);
  expect(listed.seen).not.toContain(key);
  expect(await collector("keys", "revoke", id)).toEqual({ code: 0, seen: `revoked ${id}\n` });
  expect((await post("/v1/step", step, key)).status).toBe(401);
  expect((await collector("keys", "list")).seen).toMatch(new RegExp(`^${id} .* revoked$`, "m"));
  const again = await collector("keys", "revoke", "key_none");
  expect(again).toMatchObject({ code: 2, seen: expect.stringContaining("there is no such key") });
});

test("a key has a label and an end, which the list shows", async () => {
  const told = ["--label", "build \u202e server", "--days", "90", "--scopes", "read"];
  const { seen } = await collector("keys", "add", ...told, "--json");
  const { key_id: id, expires_at: end } = JSON.parse(seen);
  const days = (Date.parse(end) - Date.now()) / 86_400_000;
  expect(days).toBeGreaterThan(89.9);
  expect(days).toBeLessThanOrEqual(90);
  const rows = (await collector("keys", "list")).seen.split("\n");
  const row = rows.find((line) => line.startsWith(id)) ?? "";
  expect(row).toContain(`  never       ${end.slice(0, 10)}  read `);
  expect(row).toMatch(/build \\u202e server$/);
  expect((await collector("keys", "add", "--days", "0")).code).toBe(2);
});

test("keys alone prints the first keys, as keys show does", async () => {
  const [alone, shown] = [await collector("keys"), await collector("keys", "show")];
  expect(alone.seen).toMatch(/^API key {4}caum_live_\S+\nadmin key {2}caum_admin_\S+\n$/);
  expect(shown).toEqual(alone);
  expect(await collector("keys", "--json")).toMatchObject({ code: 0 });
});

test("retention is said, set and taken back", async () => {
  expect((await collector("retention")).seen).toBe("records are kept for good\n");
  const set = await collector("retention", "30");
  expect(set.seen).toBe("records are kept for 30 days after the last event of their session\n");
  expect(JSON.parse((await collector("retention", "--json")).seen)).toEqual({ days: 30 });
  expect((await collector("retention", "keep")).seen).toBe("records are kept for good\n");
  for (const wrong of ["0", "-1", "1.5", "99999999", "forever"]) {
    expect((await collector("retention", "--", wrong)).code, wrong).toBe(2);
  }
});

test("usage is printed in words and as the door answers it", async () => {
  const { seen, code } = await collector("usage");
  expect(code).toBe(0);
  expect(seen).toMatch(/^plan {6}self_hosted$/m);
  expect(seen).toMatch(/^events {4}\d+, of them \d steps$/m);
  expect(JSON.parse((await collector("usage", "--json")).seen)).toMatchObject({
    plan: "self_hosted",
    total_tokens: 0,
  });
});

test("a pack is written byte for byte, once, and verifies", async () => {
  const out = join(machine.home, "pack.json");
  const packed = await collector("pack", "tickets", "--out", out);
  expect(packed.code).toBe(0);
  expect(packed.seen).toMatch(/^1 sessions in /);
  const headers = { authorization: `Bearer ${running.apiKey}` };
  const told = await fetch(`${running.url}/v1/evidence-pack?workflow=tickets`, { headers });
  expect(readFileSync(out, "utf8")).toBe(await told.text());
  const known = await fetch(`${running.url}/.well-known/caum-verifier-keys`);
  // The collector checks its answers against the schema of the door.
  const { keys } = (await known.json()) as { keys: readonly { vkey: string }[] };
  const verified = await printedBy(["verify", out, "--key", keys[0]?.vkey ?? ""], machine.env);
  expect(verified.seen).toContain("1 of 1 sessions hold");
  const again = await collector("pack", "tickets", "--out", out);
  expect(again).toMatchObject({ code: 2, seen: expect.stringContaining("is there already") });
  const none = await collector("pack", "nothing", "--out", `${out}2`);
  expect(none).toMatchObject({ code: 2, seen: expect.stringContaining("no session of this") });
});

test("from another machine an admin key is asked for where one is needed", async () => {
  expect((await elsewhere("usage")).code).toBe(0);
  for (const words of [["keys", "list"], ["keys", "add"], ["retention"]]) {
    const { code, seen } = await elsewhere(...words);
    expect({ code, seen }).toEqual({
      code: 2,
      seen: expect.stringContaining("an admin key is needed: give it with --key"),
    });
  }
  const folder = join(machine.caumHome, "collector");
  expect((await elsewhere("keys", "list", "--data", folder)).code).toBe(0);
});

test("the admin key of this machine is not sent to whoever else is named", async () => {
  const other = await RunningCollector.start(machine, "0", ["--data", join(machine.home, "two")]);
  // It has told this machine of itself, and its keys are not those of the folder that is asked.
  const { code, seen } = await collector("keys", "list");
  expect({ code, seen }).toEqual({ code: 2, seen: expect.stringContaining("an admin key is") });
  const named = await collector("keys", "list", "--data", join(machine.home, "two"));
  expect(named.code).toBe(0);
  await other.stop();
});
