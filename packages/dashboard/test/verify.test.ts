/** The verifier of the page against the one of core: same bundles, same verdicts. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CompactRange, proveInclusion } from "@caum/core/collector";
import {
  parseVerifierKey as parseCoreKey,
  verifyBundle as verifyWithCore,
} from "@caum/core/verify";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Client, startClient } from "../../collector/test/client.ts";
import { recordRun } from "../../collector/test/native-lines.ts";
import { parseVerifierKey } from "../src/verify/note.ts";
import { growTree, hashLeaf, isIncluded, rootAt } from "../src/verify/tree.ts";
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

/** Both verifiers on the same bytes. */
async function both(bundle: Buffer) {
  const path = join(folder, "bundle.tar");
  writeFileSync(path, bundle);
  const core = verifyWithCore(path, { keys: [parseCoreKey(key)] });
  return { core, page: await verifyBundle(bundle, await parseVerifierKey(key), SESSION) };
}

/** Another text of the same length in the records. */
function replaced(from: string, to: string): Buffer {
  expect(to).toHaveLength(from.length);
  const text = good.toString("latin1");
  const at = text.indexOf(from, text.indexOf("records.ndjson"));
  expect(at).toBeGreaterThan(0);
  return Buffer.from(text.slice(0, at) + to + text.slice(at + from.length), "latin1");
}

test("a good bundle is ok, and both verifiers name the same root", async () => {
  const { core, page } = await both(good);
  expect(core.verdict).toBe("ok");
  expect(page.verdict).toBe("ok");
  expect(page.root).toBe(core.root);
  expect(page.records).toBe(core.records);
  expect(page.checks.every(({ holds }) => holds)).toBe(true);
  expect(page.notChecked.length).toBeGreaterThan(0);
});

test("an open session is ok-open", async () => {
  const { runId, lines } = await recordRun("open-one", 5);
  await send(runId, lines.slice(0, 4));
  const bundle = await exported("open-one");
  const page = await verifyBundle(bundle, await parseVerifierKey(key), "open-one");
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
  expect(page.verdict).toBe(core.verdict);
  expect(page.findings.map(({ line }) => line ?? null)[0]).toBe(core.findings[0]?.line);
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

test("a change of any byte is found wherever core finds one", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), async (at, by) => {
      const damaged = Buffer.from(good);
      damaged[at] = (damaged[at]! + by) % 256;
      const { core, page } = await both(damaged);
      // Core also reads the schema of every field; the page says that it does not.
      if (core.verdict === "malformed") expect(page.verdict).not.toBe("ok");
      else expect(page.verdict.startsWith("ok")).toBe(core.verdict.startsWith("ok"));
    }),
    { numRuns: 60 },
  );
});

test("a bundle under another key is untrusted, and one of another session is refused", async () => {
  const other = await startClient();
  const stranger = await parseVerifierKey(other.collector.verifierKey);
  const strange = await verifyBundle(good, stranger, SESSION);
  await other.stop();
  expect(strange.verdict).toBe("untrusted");
  const page = await verifyBundle(good, await parseVerifierKey(key), "another");
  expect(page.verdict).toBe("tampered");
});

function rootOf(leaves: readonly string[]): string {
  const range = new CompactRange();
  for (const leaf of leaves) range.append(leaf);
  return range.root;
}

test("roots and inclusion are those of core for every size up to 40", async () => {
  const lines = Array.from({ length: 40 }, (_, at) => Buffer.from(`line ${at}`));
  const leaves = await Promise.all(lines.map(hashLeaf));
  const levels = await growTree(leaves);
  for (let size = 1; size <= leaves.length; size++) {
    const part = leaves.slice(0, size);
    const root = await rootAt(levels, size);
    expect(root).toBe(rootOf(part));
    for (const index of [0, size >> 1, size - 1]) {
      const path = proveInclusion(index, size, (from, to) => rootOf(part.slice(from, to)));
      expect(await isIncluded(part[index]!, index, size, path, root)).toBe(true);
      expect(await isIncluded(leaves[39 - index]!, index, size, path, root)).toBe(
        leaves[39 - index] === part[index],
      );
    }
  }
});
