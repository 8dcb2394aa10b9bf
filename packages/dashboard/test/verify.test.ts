/** What a collector exports, checked by the page and by core: same bundles, same answers. */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  parseVerifierKey as parseCoreKey,
  verifyBundle as verifyWithCore,
} from "@caum/core/verify";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Client, startClient } from "../../collector/test/client.ts";
import { recordRun } from "../../collector/test/native-lines.ts";
import { sha256 } from "../src/verify/sha256.ts";
import { verifyBundle } from "../src/verify/verify-bundle.ts";

const SESSION = "verified";
let client: Client;
let folder: string;
let good: Buffer;
let key: string;

beforeAll(async () => {
  client = await startClient();
  folder = mkdtempSync(join(tmpdir(), "caum-page-"));
  key = client.collector.verifierKey;
  const { runId, lines } = await recordRun(SESSION, 20);
  await send(runId, lines.slice(0, 12));
  await client.get(`/v1/session/${SESSION}/receipt`); // Signs a head on the way.
  await send(runId, lines.slice(12));
  good = await exported(SESSION);
}, 30_000);

afterAll(async () => {
  await client.stop();
  rmSync(folder, { recursive: true });
});

async function send(runId: string, lines: readonly string[]): Promise<void> {
  const answer = await client.post(`/v1/runs/${runId}/records`, `${lines.join("\n")}\n`, {
    ...client.key,
    "content-type": "application/x-ndjson",
  });
  expect(answer.status).toBe(200);
}

async function exported(id: string): Promise<Buffer> {
  const answer = await fetch(`${client.collector.url}/v1/session/${id}/bundle`, {
    headers: client.key,
  });
  return Buffer.from(await answer.arrayBuffer());
}

function onPage(bundle: Buffer, by: string, session: string) {
  return verifyBundle(new Uint8Array(bundle), { keys: [by], session });
}

/** Both verifiers on the same bytes. */
async function both(bundle: Buffer) {
  const path = join(folder, "bundle.tar");
  writeFileSync(path, bundle);
  const core = verifyWithCore(path, { keys: [parseCoreKey(key)], expectSession: SESSION });
  return { core, page: await onPage(bundle, key, SESSION) };
}

/** Another text of the same length in the records. */
function replaced(from: string, to: string): Buffer {
  expect(to).toHaveLength(from.length);
  const text = good.toString("latin1");
  const at = text.indexOf(from, text.indexOf("records.ndjson"));
  expect(at).toBeGreaterThan(0);
  return Buffer.from(text.slice(0, at) + to + text.slice(at + from.length), "latin1");
}

test("a good bundle is ok, and both verifiers say the same of it", async () => {
  const { core, page } = await both(good);
  expect(core.verdict).toBe("ok");
  expect(page).toEqual(core);
  expect(page.checks).toHaveLength(7);
  expect(page.checks.every(({ holds }) => holds)).toBe(true);
  expect(page.notProven.length).toBeGreaterThan(0);
});

test("an open session is ok-open", async () => {
  const { runId, lines } = await recordRun("open-one", 5);
  await send(runId, lines.slice(0, 4));
  const bundle = await exported("open-one");
  const page = await onPage(bundle, key, "open-one");
  expect(page.verdict).toBe("ok-open");
});

test.each([
  ["an altered record", () => replaced('"toolName":"tool_1"', '"toolName":"tool_2"')],
  ["a line that is not canonical", () => replaced('"status":"ok"', '"status": "o"')],
  ["a note with another root", () => damagedNote()],
  ["a bundle cut short", () => good.subarray(0, 4_096)],
  ["a receipt for another hash", () => damagedReceipt()],
])("%s gets the verdict that core gives", async (_, make) => {
  const { core, page } = await both(make());
  expect(core.verdict).not.toMatch(/^ok/);
  expect(page).toEqual(core);
});

function damagedNote(): Buffer {
  const text = good.toString("latin1");
  const at = text.indexOf("/", text.indexOf(".note")) + 80;
  const other = text[at] === "A" ? "B" : "A";
  return Buffer.from(text.slice(0, at) + other + text.slice(at + 1), "latin1");
}

function damagedReceipt(): Buffer {
  const text = good.toString("latin1");
  const at = text.indexOf('"event_hash":"') + '"event_hash":"'.length;
  const other = text[at] === "a" ? "b" : "a";
  return Buffer.from(text.slice(0, at) + other + text.slice(at + 1), "latin1");
}

test("a change of any byte gets one answer from both", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), async (at, by) => {
      const damaged = Buffer.from(good);
      damaged[at] = (damaged[at]! + by) % 256;
      const { core, page } = await both(damaged);
      expect(page).toEqual(core);
    }),
    { numRuns: 60 },
  );
});

test("a bundle under another key is untrusted, and one of another session is refused", async () => {
  const other = await startClient();
  const strange = await onPage(good, other.collector.verifierKey, SESSION);
  await other.stop();
  expect(strange.verdict).toBe("untrusted");
  expect(strange.proven).toMatch(/^Nothing is proved: /);
  const page = await onPage(good, key, "another");
  expect(page.verdict).toBe("tampered");
  expect(page.findings.map(({ kind }) => kind)).toEqual(["wrong_session"]);
});

test("hashes are those of SHA-256, whatever the length", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(sha256(bytes)).toBe(createHash("sha256").update(bytes).digest("hex"));
    }),
  );
  for (const text of [
    "",
    "a",
    "ab".repeat(32),
    "x".repeat(55),
    "x".repeat(56),
    "\u00e9\u20ac".repeat(99),
  ]) {
    expect(sha256(text)).toBe(createHash("sha256").update(text).digest("hex"));
  }
});
