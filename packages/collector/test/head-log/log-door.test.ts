/** The log of session heads over HTTP: whoever has the answers can check them alone. */
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
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Client, startClient } from "../client.ts";

let client: Client;
beforeAll(async () => {
  client = await startClient();
});
afterAll(() => client.stop());

const step = async (session_id: string, number: number) => {
  const answer = await client.post("/v1/step", { session_id, step: number, tool: "bash" });
  expect(answer.status).toBe(200);
};
/** A session under a token, with one record. */
const live = async (headers: Record<string, string>) => {
  const started = await client.post("/v2/live/start", { agent_id: "live" }, headers);
  const session_id: string = started.body.session.session_id;
  const { session_token } = started.body;
  const event = { tool: "bash", status: "ok" };
  const sent = await client.post("/v2/live/event", { session_id, session_token, event }, headers);
  expect(sent.status).toBe(200);
  return { id: session_id, token: { "x-caum-session-token": session_token } };
};
/** Asking for the proofs of a session logs its head. */
const proofsOf = (session: string, headers = client.key) =>
  client.get(`/v1/session/${session}/log`, headers);

test("an account without sessions has no log", async () => {
  const registered = await client.post("/v1/register", { email: "nobody@example.com" }, {});
  const key = { authorization: `Bearer ${registered.body.api_key}` };
  expect((await client.get("/v1/log", key)).status).toBe(404);
  expect((await client.get("/v1/log/entries", key)).body).toEqual({ from: 0, entries: [] });
});

test("checkpoint, entries and proofs fit each other, and the log only grows", async () => {
  await step("a", 1);
  expect((await proofsOf("a")).status).toBe(200);
  const before = (await client.get("/v1/log")).body;
  await step("b", 1);
  await step("a", 2);
  const [proof] = (await proofsOf("a")).body.proofs;
  await proofsOf("b");
  const { body: log } = await client.get("/v1/log");
  const note = parseNote(Buffer.from(log.checkpoint));
  const head = parseCheckpoint(note.text);
  expect(verifySignatures(note, [parseVerifierKey(log.vkey)]).length).toBe(1);
  expect(head).toMatchObject({ origin: log.origin, size: log.tree_size });
  expect(parseVerifierKey(log.vkey).publicKey).toBe(
    parseVerifierKey(client.collector.verifierKey).publicKey,
  );

  const { entries } = (await client.get("/v1/log/entries")).body;
  expect(entries.length).toBe(head.size);
  expect((await client.get("/v1/log/entries?from=1&limit=1")).body.entries).toEqual([entries[1]]);
  const own = entries.filter((text: string) => text.includes(sessionTag("a")));
  expect(own.map((text: string) => parseCheckpoint(text).size)).toEqual([2, 3]);

  const { index, hashes, note: logged } = parseTlogProof(Buffer.from(proof.tlog_proof));
  const { size, root } = parseCheckpoint(parseNote(Buffer.from(logged)).text);
  expect(proof.size).toBe(3);
  expect(verifyInclusion(index, size, hashLeaf(own[1]), hashes, root)).toBe(true);

  const first = parseCheckpoint(parseNote(Buffer.from(before.checkpoint)).text);
  const path = `/v1/log/consistency?from=${first.size}&to=${head.size}`;
  const { body } = await client.get(path);
  expect(body).toMatchObject({ from: first.size, to: head.size });
  expect(verifyConsistency(first, head, body.hashes)).toBe(true);
  expect((await client.get(`/v1/log/consistency?from=0&to=${head.size + 1}`)).status).toBe(404);
  expect((await client.get("/v1/log/consistency?from=3&to=1")).status).toBe(404);
});

test("nobody reads another's log, and a session's token reads its proofs alone", async () => {
  const registered = await client.post("/v1/register", { email: "other@example.com" }, {});
  const other = { authorization: `Bearer ${registered.body.api_key}` };
  await client.post("/v1/step", { session_id: "theirs", step: 1, tool: "bash" }, other);
  await proofsOf("theirs", other);
  const entries = async (key: Record<string, string>) =>
    (await client.get("/v1/log/entries", key)).body.entries.join("");
  expect(await entries(other)).toContain(sessionTag("theirs"));
  expect(await entries(client.key)).not.toContain(sessionTag("theirs"));
  expect((await proofsOf("a", other)).status).toBe(404);
  for (const path of [
    "/v1/log",
    "/v1/log/entries",
    "/v1/log/deleted",
    "/v1/log/consistency?from=0",
  ])
    expect((await client.get(path, {})).status, path).toBe(401);

  const { id, token } = await live(client.key);
  const [proof] = (await proofsOf(id, { ...client.key, ...token })).body.proofs;
  expect(proof.size).toBeGreaterThan(0);
  expect((await client.get("/v1/log", token)).status).toBe(401);
});

test("a deleted session is listed, page by page, and stays in the log", async () => {
  await step("gone", 1);
  await proofsOf("gone");
  const { status } = await client.request("DELETE", "/v1/session/gone", { headers: client.admin });
  expect(status).toBe(200);
  const tag = sessionTag("gone");
  expect((await client.get("/v1/log/deleted")).body).toEqual({ session_tags: [tag] });
  expect((await client.get(`/v1/log/deleted?after=${tag}`)).body).toEqual({ session_tags: [] });
  expect((await proofsOf("gone")).status).toBe(410);
  const { entries } = (await client.get("/v1/log/entries")).body;
  expect(entries.some((text: string) => text.includes(tag))).toBe(true);
});

test("a session without a key is in no log, and its bundle has no proof", async () => {
  const { id, token } = await live({});
  expect((await proofsOf(id, token)).body).toEqual({ proofs: [] });
  const { text } = await client.get(`/v1/session/${id}/bundle`, token);
  expect(text).not.toContain("tlog-proof\0");
});

test("heads are logged by themselves, without anybody asking", async () => {
  await step("by-itself", 1);
  const tag = sessionTag("by-itself");
  await expect
    .poll(async () => (await client.get("/v1/log/entries")).text.includes(tag), { timeout: 20_000 })
    .toBe(true);
});
