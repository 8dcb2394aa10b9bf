/** A collector and a witness: what is recorded is cosigned, and nobody waits for that. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatNote, parseSubmission, Signer } from "@caum/core/collector";
import { checkPolicy, parsePolicy, parseVerifierKey, verifyBundle } from "@caum/core/verify";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { SubmissionEvent } from "../../src/submission/witness-lane.ts";
import { startWitness, type Witness } from "../../src/witness/witness.ts";
import { type Client, startClient } from "../client.ts";
import { FakeWitness, stopAll, until } from "./asked.ts";

let folder: string;
const clients: Client[] = [];
const witnesses: Witness[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "caum-witnessed-"));
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.stop();
  for (const witness of witnesses.splice(0)) await witness.close();
  await stopAll();
  rmSync(folder, { recursive: true, force: true });
});

/** Each start has the same folder, and with it the same keys. */
async function collector(settings: readonly string[], events: SubmissionEvent[] = []) {
  const client = await startClient({
    data: join(folder, "collector"),
    witnesses: settings,
    onWitness: (event) => events.push(event),
  });
  clients.push(client);
  return client;
}

async function witness(...logs: readonly string[]): Promise<Witness> {
  const one = await startWitness({
    data: join(folder, "witness"),
    host: "127.0.0.1",
    port: 0,
    logs,
  });
  witnesses.push(one);
  return one;
}

const step = (client: Client, session: string, number = 1) =>
  client.post("/v1/step", { session_id: session, step: number, tool: "bash" });

test("a session is proved by its bundle to have been seen by the witness, and when", async () => {
  const first = await collector([]);
  const key = first.collector.verifierKey;
  const seen = await witness(key);
  await clients.pop()?.stop();
  const client = await collector([`${seen.url}=${seen.verifierKey}`]);
  const began = Math.floor(Date.now() / 1_000);
  await step(client, "s");
  const name = parseVerifierKey(seen.verifierKey).name;
  const proofs = async () => (await client.get("/v1/session/s/log")).text;
  await until(async () => (await proofs()).includes(name), "cosigned");
  const bundle = await fetch(`${client.collector.url}/v1/session/s/bundle`, {
    headers: client.key,
  });
  const path = join(folder, "bundle.tar");
  writeFileSync(path, Buffer.from(await bundle.arrayBuffer()));
  const keys = [key, seen.verifierKey].map(parseVerifierKey);
  const verification = verifyBundle(path, { keys });
  const { verdict, signedBy } = verification;
  expect(verdict).toBe("ok-open");
  const policyOf = (vkey: string) => parsePolicy(`log ${key}\nwitness w ${vkey}\nquorum w\n`);
  expect(checkPolicy(policyOf(seen.verifierKey), verification)).toEqual({ holds: true, unmet: [] });
  const other = new Signer("other.example", Buffer.alloc(32, 5)).cosignerKey;
  expect(checkPolicy(policyOf(other), verification).holds).toBe(false);
  const cosigned = signedBy.find((one) => one.name === name);
  expect(cosigned).toMatchObject({ role: "co-signed", timeFault: null });
  expect(cosigned?.timeSeconds).toBeGreaterThanOrEqual(began);
  const metrics = await client.get("/metrics");
  expect(metrics.text).toMatch(
    new RegExp(`^caum_witness_requests_total\\{witness="${name}",outcome="cosigned"\\} [1-9]`, "m"),
  );
  expect(metrics.text).toContain(`caum_witness_cosigned_seconds{witness="${name}"} 1`);
});

test("while a witness hangs, events are answered and the collector ends", async () => {
  const signer = new Signer("w.example", Buffer.alloc(32, 1));
  const hanging = await FakeWitness.start(() => {});
  const client = await collector([`${hanging.url}=${signer.cosignerKey}`]);
  await step(client, "first");
  await until(() => hanging.bodies.length === 1, "the witness is asked");
  for (let number = 1; number <= 20; number += 1) {
    expect((await step(client, "s", number)).status).toBe(200);
  }
  // All were answered before the witness said anything.
  expect(hanging.bodies).toHaveLength(1);
  const began = performance.now();
  await clients.pop()?.stop();
  expect(performance.now() - began).toBeLessThan(3_000);
});

test("a witness is asked once a second at most, whatever is recorded", async () => {
  const signer = new Signer("w.example", Buffer.alloc(32, 1));
  const fake = await FakeWitness.start((body, response) => {
    const { text } = parseSubmission(Buffer.from(body)).note;
    const line = signer.cosign(text, Math.floor(Date.now() / 1_000));
    response.end(formatNote({ text, signatures: [line] }).slice(text.length + 1));
  });
  const client = await collector([`${fake.url}=${signer.cosignerKey}`]);
  expect(client.collector.witnesses).toEqual([{ name: signer.name, url: fake.url }]);
  for (let number = 0; fake.times.length < 4; number += 1) {
    expect((await step(client, `s-${number}`)).status).toBe(200);
    // So that each of them is in the log at once.
    await client.get(`/v1/session/s-${number}/log`);
  }
  const spanMs = (fake.times[3] ?? 0) - (fake.times[0] ?? 0);
  expect(spanMs).toBeGreaterThan(2_500);
});

test("a witness that does not know the log, or is not there, is reported by a word", async () => {
  const events: SubmissionEvent[] = [];
  const stranger = await witness(new Signer("other.example", Buffer.alloc(32, 9)).vkey);
  const gone = await FakeWitness.start(() => {});
  const { url } = gone;
  await gone.stop();
  const key = new Signer("gone.example", Buffer.alloc(32, 8)).cosignerKey;
  const client = await collector(
    [`${stranger.url}=${stranger.verifierKey}`, `${url}=${key}`],
    events,
  );
  await step(client, "s");
  await until(() => events.length >= 2, "both are reported");
  expect(new Set(events.map(({ problem }) => problem))).toEqual(
    new Set(["http_404", "connection_failed"]),
  );
});

test("a witness that cannot be is no start", async () => {
  await expect(collector(["nothing"])).rejects.toThrow("a witness is <URL>=<verifier key>");
  await collector([]);
});
