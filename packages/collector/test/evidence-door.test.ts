import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CompactRange, cosignNote, Signer } from "@caum/core/collector";
import { loadWriterKey } from "@caum/core/machine";
import {
  hashLeaf,
  parseVerifierKey,
  type Verification,
  verifyBundle,
  verifyConsistency,
  verifyInclusion,
} from "@caum/core/verify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expireAll } from "../src/operation/retention.ts";
import { type Client, startClient } from "./client.ts";
import { recordRun } from "./native-lines.ts";
import { openStoreIn } from "./store-choice.ts";

let client: Client;
let folder: string;

beforeAll(async () => {
  client = await startClient();
  folder = mkdtempSync(join(tmpdir(), "caum-bundle-"));
});
afterAll(async () => {
  await client.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function fetchBundle(session: string, from = client): Promise<string> {
  const answer = await fetch(`${from.collector.url}/v1/session/${session}/bundle`, {
    headers: from.key,
  });
  expect(answer.status).toBe(200);
  const path = join(folder, `${session}.tar`);
  writeFileSync(path, Buffer.from(await answer.arrayBuffer()));
  return path;
}

function verify(path: string, from = client): Verification {
  return verifyBundle(path, { keys: [parseVerifierKey(from.collector.verifierKey)] });
}

function linesOf(path: string): readonly string[] {
  const out = join(folder, "unpacked");
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out);
  execFileSync("tar", ["xf", path, "-C", out]);
  return readFileSync(join(out, "records.ndjson"), "utf8").trimEnd().split("\n");
}

test("a collector whose clock is beyond the year 9999 gives a bundle that verifies", async () => {
  const late = await startClient({ clock: () => 1e15 });
  const step = { session_id: "late", step: 1, tool: "bash" };
  expect((await late.post("/v1/step", step)).status).toBe(200);
  expect((await late.post("/v1/session/late/end", {})).status).toBe(200);
  const { verdict, findings } = verify(await fetchBundle("late", late), late);
  expect({ verdict, findings }).toEqual({ verdict: "ok", findings: [] });
  await late.stop();
});

test("every answer's head and root recompute from the exported bundle, which verifies", async () => {
  const started = await client.post("/v2/live/start", { agent_id: "a" });
  const session = {
    session_id: started.body.session.session_id,
    session_token: started.body.session_token,
  };
  const answers = [];
  for (let at = 0; at < 12; at++) {
    const event = { tool: "browser.get", status: "not_found", state_id: "opaque_state_a" };
    answers.push((await client.post("/v2/live/event", { ...session, event })).body.evidence);
  }
  const path = await fetchBundle(session.session_id);
  const verification = verify(path);
  expect(verification.verdict).toBe("ok-open");
  expect(verification.findings).toEqual([]);
  const lines = linesOf(path);
  const tree = new CompactRange();
  const roots = lines.map((line) => {
    tree.append(hashLeaf(line));
    return { head: hashLeaf(line), root: tree.root };
  });
  for (const { tree_size, chain_head, merkle_root, previous_hash } of answers) {
    expect({ head: chain_head, root: merkle_root }).toEqual(roots[tree_size - 1]);
    expect(previous_hash).toBe(roots[tree_size - 2]?.head);
  }
});

test("the second verifier in the bundle agrees", async () => {
  await client.post("/v1/step", { session_id: "second", step: 1, tool: "bash" });
  await client.post("/v1/session/second/end", { resolved: true });
  const path = await fetchBundle("second");
  expect(verify(path).verdict).toBe("ok");
  linesOf(path);
  const script = join(folder, "unpacked", "verify.py");
  const key = client.collector.verifierKey;
  const said = execFileSync("python3", [script, join(folder, "unpacked"), "--key", key]);
  expect(said.toString()).toMatch(/^ok: /);
});

test("proofs hold across stored blocks of the tree", async () => {
  const { runId, lines } = await recordRun("long", 700);
  const post = (part: readonly string[]) =>
    client.request("POST", `/v1/runs/${runId}/records`, {
      headers: { ...client.key, "content-type": "application/x-ndjson" },
      body: part.join("\n"),
    });
  await post(lines.slice(0, 300));
  const before = (await client.get("/v1/session/long/consistency?from=300")).body;
  await post(lines.slice(300));
  const keys = [0, 1, 255, 256, 300, 511, 512, lines.length - 1];
  for (const index of keys) {
    const { body } = await client.get(`/v1/session/long/proof/${index}`);
    expect(body.leaf).toBe(hashLeaf(lines[index] ?? ""));
    const { tree_size, merkle_root, hashes } = body;
    expect(verifyInclusion(index, tree_size, body.leaf, hashes, merkle_root), `${index}`).toBe(
      true,
    );
  }
  for (const from of [1, 200, 256, 300, 512, 700]) {
    const { body } = await client.get(`/v1/session/long/consistency?from=${from}`);
    const first = { size: from, root: body.first_root };
    const second = { size: body.to, root: body.merkle_root };
    expect(verifyConsistency(first, second, body.hashes), `${from}`).toBe(true);
    if (from === 300) expect(body.first_root).toBe(before.merkle_root);
  }
  expect((await client.get("/v1/session/long/proof/100000")).status).toBe(404);
  const verification = verify(await fetchBundle("long"));
  expect(verification).toMatchObject({ verdict: "ok", records: lines.length });
});

test("the writer co-signs the collector's checkpoint, and nobody else can", async () => {
  const home = mkdtempSync(join(tmpdir(), "caum-cosign-"));
  const { runId, lines } = await recordRun("cosigned", 3, { home });
  await client.request("POST", `/v1/runs/${runId}/records`, {
    headers: { ...client.key, "content-type": "application/x-ndjson" },
    body: lines.join("\n"),
  });
  const { body } = await client.get(`/v1/session/cosigned/proof/${lines.length - 1}`);
  const writer = loadWriterKey({ home });
  const stranger = new Signer("stranger", new Uint8Array(32).fill(7));
  const note = cosignNote(cosignNote(body.checkpoint, writer.signer), stranger);
  const answer = await client.post("/v1/session/cosigned/cosign", { note });
  expect(answer.body).toEqual({ size: lines.length, signatures: 2 });
  const path = await fetchBundle("cosigned");
  const keys = [client.collector.verifierKey, writer.vkey].map(parseVerifierKey);
  const verification = verifyBundle(path, { keys });
  expect(verification.verdict).toBe("ok");
  expect(verification.signedBy.map(({ role }) => role).sort()).toEqual(["co-signed", "signed"]);
  const forged = body.checkpoint.replace(`\n${lines.length}\n`, `\n${lines.length + 1}\n`);
  expect((await client.post("/v1/session/cosigned/cosign", { note: forged })).status).toBe(400);
  rmSync(home, { recursive: true, force: true });
});

test("forks travel with the bundle and make it forked", async () => {
  const first = await recordRun("forked", 2);
  const second = await recordRun("forked", 2);
  for (const lines of [
    first.lines,
    second.lines.map((line) => line.replaceAll(second.runId, first.runId)),
  ]) {
    await client.request("POST", `/v1/runs/${first.runId}/records`, {
      headers: { ...client.key, "content-type": "application/x-ndjson" },
      body: lines.join("\n"),
    });
  }
  expect(verify(await fetchBundle("forked")).verdict).toBe("forked");
});

test("a deleted session is gone with its records, and stays gone", async () => {
  await client.post("/v1/step", { session_id: "delete-me", step: 1, tool: "bash" });
  const path = "/v1/session/delete-me";
  expect((await client.request("DELETE", path, { headers: client.key })).status).toBe(403);
  expect((await client.request("DELETE", path, { headers: client.admin })).status).toBe(200);
  expect((await client.get(path)).status).toBe(410);
  const again = await client.post("/v1/step", { session_id: "delete-me", step: 2, tool: "bash" });
  expect(again.status).toBe(410);
});

test("expired records leave tombstones, and the chain still verifies and goes on", async () => {
  let now = Date.parse("2026-01-01T00:00:00Z");
  const old = await startClient({ clock: () => now, data: join(folder, "old") });
  for (let step = 1; step <= 5; step++) {
    const body = { session_id: "old", step, tool: "bash", state_hash: `state-${step}-of-it` };
    await old.post("/v1/step", body);
  }
  const headers = { ...old.admin, "content-type": "application/json" };
  const set = await old.request("PUT", "/v1/retention", { headers, body: '{"days":30}' });
  expect(set.status).toBe(200);
  await old.stop();
  now += 31 * 86_400_000;
  const store = await openStoreIn(join(folder, "old"));
  await expireAll(store, now);
  await store.close();
  const later = await startClient({ clock: () => now, data: join(folder, "old") });
  await later.post("/v1/step", {
    session_id: "old",
    step: 6,
    tool: "bash",
    state_hash: "12345678",
  });
  const detail = await later.get("/v1/session/old");
  expect(detail.body.session).toMatchObject({ steps: 6 });
  expect(detail.body.steps[1].record).toBeNull();
  const verification = verify(await fetchBundle("old", later), later);
  expect(verification).toMatchObject({ verdict: "ok-redacted", redacted: 5 });
  await later.stop();
});
