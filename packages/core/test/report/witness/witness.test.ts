/** What is asked of a collector at the close of a run, and what is made of its answers. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseNote } from "../../../src/evidence/note/note.ts";
import { sessionOrigin } from "../../../src/evidence/note/origin.ts";
import { Signer, signCheckpoint } from "../../../src/evidence/note/signer.ts";
import { formatTlogProof } from "../../../src/evidence/note/tlog-proof.ts";
import { receiptId } from "../../../src/evidence/rules/receipt-id.ts";
import { hashLeaf } from "../../../src/evidence/tree/leaf.ts";
import {
  proveConsistency,
  proveInclusion,
  rootOf,
  subtreeRoots,
} from "../../../src/evidence/tree/proofs.ts";
import { DeliveredRun } from "../../../src/report/delivery/delivered-run.ts";
import { Address } from "../../../src/report/upstream/address.ts";
import type { Transport } from "../../../src/report/upstream/http-transport.ts";
import { EvidenceClient } from "../../../src/report/witness/evidence-client.ts";
import { Witness } from "../../../src/report/witness/witness.ts";

const TENANT = "01JA0000000000000000000000";
const collector = new Signer("collector.example", Buffer.alloc(32, 1));
const stranger = new Signer("collector.example", Buffer.alloc(32, 2));
const writer = new Signer("caum-writer-test", Buffer.alloc(32, 3));

let root: string;
let mismatches: string[];
let cosigned: string[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "caum-witness-"));
  mismatches = [];
  cosigned = [];
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

/** A collector over these leaves, which may lie in one thing. */
interface Pretence {
  readonly leaves: readonly string[];
  readonly signer?: Signer;
  readonly session?: string;
  /** Another tree that proofs are made from. */
  readonly provenFrom?: readonly string[];
}

function transportOf({
  leaves,
  signer = collector,
  session = "s",
  provenFrom = leaves,
}: Pretence): Transport {
  const note = signCheckpoint(
    {
      origin: sessionOrigin(signer.name, TENANT, session),
      size: leaves.length,
      root: rootOf(leaves),
    },
    signer,
  );
  const answer = (body: unknown) => ({ status: 200, headers: {}, body: JSON.stringify(body) });
  return async ({ method, url, body }) => {
    if (method === "POST") {
      cosigned.push(JSON.parse(body ?? "{}").note);
      return answer({});
    }
    if (url.pathname.endsWith("caum-verifier-keys"))
      return answer({ keys: [{ vkey: signer.vkey }] });
    if (url.pathname.endsWith("receipt")) {
      const index = Number(url.searchParams.get("index"));
      const leaf = leaves[index] ?? "";
      const hashes = proveInclusion(index, leaves.length, subtreeRoots(provenFrom));
      const proof = formatTlogProof({ index, hashes, note });
      return answer({
        receipt_id: receiptId(leaf),
        evidence: { event_hash: leaf, tlog_proof: proof },
      });
    }
    const from = Number(url.searchParams.get("from"));
    const hashes = proveConsistency(from, leaves.length, subtreeRoots(provenFrom));
    return answer({ from, hashes, checkpoint: note });
  };
}

function witnessOf(pretence: Pretence): Witness {
  const address = new Address({ url: new URL("http://collector.example"), agent: "test" });
  return new Witness({
    client: new EvidenceClient(address, transportOf(pretence)),
    collector: address.display,
    root,
    signer: writer,
    onMismatch: (what) => mismatches.push(what),
  });
}

const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `{"line":${from + index}}`);

/** A run whose lines the collector has taken, the last of them at `headIndex`. */
function runOf(
  runId: string,
  texts: readonly string[],
  headIndex = texts.length - 1,
): DeliveredRun {
  const run = new DeliveredRun({ sessionId: "s", runId, owner: "", openedAt: 0 });
  texts.forEach((line, seq) => {
    run.taken({ sessionId: "s", runId, seq, line, origin: "own" });
  });
  run.headIndex = headIndex;
  return run;
}

const own = lines(0, 7);
const leaves = own.map(hashLeaf);

test("a tree that holds the run is co-signed by the writer key", async () => {
  await witnessOf({ leaves }).confirm(runOf("a", own));
  expect(mismatches).toEqual([]);
  expect(cosigned).toHaveLength(1);
  const { signatures } = parseNote(Buffer.from(cosigned[0] ?? ""));
  expect(signatures.map(({ name }) => name)).toEqual([collector.name, writer.name]);
});

test("with several runs in the session the inclusion of the last record is what counts", async () => {
  const mixed = [...lines(100, 103).map(hashLeaf), ...leaves, ...lines(200, 204).map(hashLeaf)];
  await witnessOf({ leaves: mixed }).confirm(runOf("a", own, 9));
  expect(mismatches).toEqual([]);
  expect(cosigned).toHaveLength(1);
});

test("the tree of a later run must go on from the one that was signed before", async () => {
  await witnessOf({ leaves }).confirm(runOf("a", own));
  const second = lines(50, 55);
  const after = [...leaves, ...second.map(hashLeaf)];
  await witnessOf({ leaves: after }).confirm(runOf("b", second, 11));
  expect(mismatches).toEqual([]);
  const rewritten = [hashLeaf("{}"), ...after.slice(1), hashLeaf("third")];
  await witnessOf({ leaves: rewritten }).confirm(runOf("c", ["third"], 12));
  expect(mismatches).toEqual(["its tree does not go on from the one it signed before"]);
  expect(cosigned).toHaveLength(2);
});

test.each<readonly [string, Pretence, string]>([
  [
    "another root for the same records",
    { leaves: [hashLeaf("other"), ...leaves.slice(1)] },
    "its signed root is not the root of what it was sent",
  ],
  [
    "a proof that leads elsewhere",
    {
      leaves: [...leaves, hashLeaf("x")],
      provenFrom: [hashLeaf("y"), ...leaves.slice(1), hashLeaf("x")],
    },
    "its signed tree does not hold the last record of the run",
  ],
  [
    "a note about another session",
    { leaves, session: "t" },
    "its checkpoint is of another session",
  ],
])("%s is told and not co-signed", async (_name, pretence, what) => {
  await witnessOf(pretence).confirm(runOf("a", own));
  expect(mismatches).toEqual([what]);
  expect(cosigned).toEqual([]);
});

test("the key that was met first is the one that counts", async () => {
  await witnessOf({ leaves }).confirm(runOf("a", own));
  await witnessOf({ leaves, signer: stranger }).confirm(runOf("b", own));
  expect(mismatches).toEqual(["its checkpoint is not signed by the key it had before"]);
});

test("a collector without these doors is no mismatch", async () => {
  const address = new Address({ url: new URL("http://collector.example"), agent: "test" });
  const transport: Transport = async () => ({ status: 404, headers: {}, body: "" });
  const witness = new Witness({
    client: new EvidenceClient(address, transport),
    collector: address.display,
    root,
    signer: writer,
    onMismatch: (what) => mismatches.push(what),
  });
  await witness.confirm(runOf("a", own));
  expect(mismatches).toEqual([]);
});
