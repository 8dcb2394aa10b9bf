import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeLine } from "@caum/core/collector";
import { evidencePackAnswer } from "@caum/core/protocol";
import {
  hashLeaf,
  parseCheckpoint,
  parseNote,
  parseTlogProof,
  parseVerifierKey,
  verifyBundle,
  verifyInclusion,
  verifyPack,
  verifySignatures,
} from "@caum/core/verify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Client, startClient } from "../client.ts";
import { beforeAndAfter, record, recordAll } from "../effectiveness/sessions.ts";
import { everythingIn, recordRun } from "../native-lines.ts";

const SESSIONS = 21;

let folder: string;
let client: Client;
let text: string;
/** Read freely, as answers are. */
// biome-ignore lint/suspicious/noExplicitAny: see above
let pack: any;

const fetchPack = (query: string, headers?: Record<string, string>) =>
  client.get(`/v1/evidence-pack?${query}`, headers);
const keys = () => [parseVerifierKey(client.collector.verifierKey)];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "caum-pack-"));
  client = await startClient({ env: {} });
  await recordAll(client, beforeAndAfter("tickets", SESSIONS));
  const answer = await fetchPack("workflow=tickets&limit=500");
  ({ text, body: pack } = answer);
}, 60_000);

afterAll(async () => {
  await client.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("a pack", () => {
  test("has the documented schema and says what it is and is not", () => {
    expect(evidencePackAnswer.strict().parse(pack)).toEqual(pack);
    expect(pack).toMatchObject({
      schema: "caum.agent_evidence_pack.v1.0",
      workflow: "tickets",
      decision: "observe_only",
      allowed_to_block: false,
      raw_content_used: false,
      status: {
        structural_logging: "no_gap_declared",
        policy_delta: "compared",
        raw_content: "not_used",
      },
      sessions_total: 2 * SESSIONS,
      complete: true,
      claim_boundaries: { does_not_certify_compliance: true, does_not_claim_cause: true },
    });
    expect(pack.not_proven.length).toBeGreaterThan(3);
    expect(pack.effectiveness.shares.looping_sessions.difference.direction).toBe("lower");
    const { hard_alert, review_only, none } = pack.status.review_readiness;
    expect(hard_alert + review_only + none).toBe(2 * SESSIONS);
    expect(hard_alert).toBeGreaterThan(10);
  });

  test("is the same bytes for the same records, also after a restart", async () => {
    expect((await fetchPack("workflow=tickets&limit=500")).text).toBe(text);
    const { folder: data } = client;
    await client.collector.close();
    client = await startClient({ env: {}, data });
    expect((await fetchPack("workflow=tickets&limit=500")).text).toBe(text);
  });

  test("holds a signed checkpoint and a receipt of each session that stand by themselves", () => {
    for (const { evidence, figures } of pack.sessions) {
      const note = parseNote(Buffer.from(evidence.checkpoint));
      expect(verifySignatures(note, keys())).toHaveLength(1);
      const head = parseCheckpoint(note.text);
      expect(head).toMatchObject({ size: evidence.records, root: evidence.merkle_root });
      const proof = parseTlogProof(Buffer.from(evidence.receipt.evidence.tlog_proof));
      const { event_hash: leaf } = evidence.receipt.evidence;
      expect(verifyInclusion(proof.index, head.size, leaf, proof.hashes, head.root)).toBe(true);
      expect(figures.engine_version).toMatch(/^\d+$/);
    }
    expect(verifyPack(text, keys())).toMatchObject({
      verdict: "ok",
      sessions: 2 * SESSIONS,
      held: 2 * SESSIONS,
    });
  });

  test("leads to bundles whose size and root are those it names", async () => {
    const [session] = pack.sessions;
    const { url } = client.collector;
    const answer = await fetch(`${url}/v1/session/${session.session_id}/bundle`, {
      headers: client.key,
    });
    const path = join(folder, "bundle.tar");
    writeFileSync(path, Buffer.from(await answer.arrayBuffer()));
    const { records: expectSize, merkle_root: expectRoot } = session.evidence;
    const checked = verifyBundle(path, { keys: keys(), expectSize, expectRoot });
    expect(checked).toMatchObject({ verdict: "ok", size: expectSize, root: expectRoot });
    expect(session.verify).toContain(`--expect-size ${expectSize} --expect-root ${expectRoot}`);
  });

  test("holds the sessions that were asked for, in the order they began", async () => {
    const after = (await fetchPack("workflow=tickets&cohort=after&limit=5")).body;
    expect(after).toMatchObject({ sessions_total: SESSIONS, complete: false });
    expect(after.sessions).toHaveLength(5);
    const seen = after.sessions.map(({ first_seen }: { first_seen: string }) => first_seen);
    expect(seen.toSorted()).toEqual(seen);
    expect(new Set(after.sessions.map(({ cohort }: { cohort: string }) => cohort))).toEqual(
      new Set(["after"]),
    );
  });

  test("is nobody else's to read, and needs a workflow that there is", async () => {
    expect((await fetchPack("workflow=tickets", {})).status).toBe(401);
    const made = await client.post("/v1/register", { email: "other@b.example" }, {});
    const other = { authorization: `Bearer ${made.body.api_key}` };
    expect((await fetchPack("workflow=tickets", other)).status).toBe(404);
    expect((await fetchPack("workflow=nobody")).status).toBe(404);
    expect((await fetchPack("")).status).toBe(400);
  });

  test("says where a writer could not record, and so does what was used", async () => {
    const { runId, lines } = await recordRun("native-1", 1);
    const [opening = ""] = lines;
    const drop = {
      ...JSON.parse(opening),
      eventId: "01890000-0000-7000-8000-000000000000",
      previousHash: hashLeaf(opening),
      payload: { type: "drop", count: 7, reason: "no_room", seq: 1 },
    };
    const ndjson = { ...client.key, "content-type": "application/x-ndjson" };
    const send = (line: string) => client.post(`/v1/runs/${runId}/records`, line, ndjson);
    expect((await send(opening)).body.accepted).toBe(1);
    const clean = (await fetchPack("workflow=native")).body;
    expect(clean).toMatchObject({
      effectiveness: null,
      status: { structural_logging: "no_gap_declared", policy_delta: "not_compared" },
    });
    expect((await send(encodeLine(drop))).body.accepted).toBe(1);
    const { body } = await fetchPack("workflow=native");
    expect(body.status.structural_logging).toBe("gaps_declared");
    expect(body.sessions[0].figures.dropped_events).toBe(7);
    expect(verifyPack(JSON.stringify(body), keys()).verdict).toBe("ok");
    expect((await client.get("/v1/usage")).body.dropped_events).toBe(7);
  });

  test("prints commands that a hostile name cannot turn into others", async () => {
    const id = `x'; touch "${folder}/owned"; echo '`;
    await record(client, { id, workflow: "hostile", works: 2, end: {} });
    const { body } = await fetchPack("workflow=hostile");
    const [{ verify }] = body.sessions;
    const words = execFileSync("sh", ["-c", `caum() { printf '%s\\n' "$@"; }; ${verify}`], {
      encoding: "utf8",
    }).split("\n");
    expect(words.slice(0, 4)).toEqual(["export", id, "--out", "bundle"]);
    expect(everythingIn(folder)).not.toContain("owned");
  });
});

describe("verifying a pack", () => {
  type Change = readonly [what: string, change: (forged: typeof pack) => void, verdict: string];
  const changes: readonly Change[] = [
    ["a root", (forged) => (forged.sessions[0].evidence.merkle_root = "0".repeat(64)), "tampered"],
    ["a size", (forged) => (forged.sessions[0].evidence.records += 1), "tampered"],
    ["an id", (forged) => (forged.sessions[0].session_id = "another"), "tampered"],
    ["the account", (forged) => (forged.account_id = "01ARZ3NDEKTSV4RRFFQ69G5FAV"), "tampered"],
    ["a figure", (forged) => (forged.sessions[0].figures.loops = 7), "tampered"],
    [
      "a cohort",
      // Sessions that began in the same millisecond come in either order.
      ({ sessions: [first] }) => (first.cohort = first.cohort === "after" ? "before" : "after"),
      "tampered",
    ],
    ["a session twice", (forged) => forged.sessions.push(forged.sessions[0]), "tampered"],
    [
      "a swapped checkpoint",
      (forged) => (forged.sessions[0].evidence.checkpoint = forged.sessions[2].evidence.checkpoint),
      "tampered",
    ],
    [
      "a swapped receipt",
      (forged) => (forged.sessions[0].evidence.receipt = forged.sessions[2].evidence.receipt),
      "tampered",
    ],
    ["a missing receipt", (forged) => delete forged.sessions[0].evidence.receipt, "malformed"],
    [
      "a missing checkpoint",
      (forged) => delete forged.sessions[0].evidence.checkpoint,
      "malformed",
    ],
    ["no evidence", (forged) => (forged.sessions[0] = null), "malformed"],
  ];

  for (const [what, change, verdict] of changes) {
    test(`finds ${what}`, () => {
      const forged = structuredClone(pack);
      change(forged);
      expect(verifyPack(JSON.stringify(forged), keys()).verdict).toBe(verdict);
    });
  }

  test("trusts no key that the pack brings along", () => {
    const other = "other+00000000+AAAA";
    expect(() => parseVerifierKey(other)).toThrow();
    expect(verifyPack(text, [])).toMatchObject({ verdict: "untrusted", held: 0 });
  });

  test("refuses what is no pack", () => {
    for (const nonsense of ["", "null", "[]", "{}", '{"schema":"caum.agent_evidence_pack.v1.0"}']) {
      expect(verifyPack(nonsense, keys())).toMatchObject({ verdict: "malformed", sessions: 0 });
    }
  });

  test("takes the pack as other tools write it again", () => {
    expect(verifyPack(JSON.stringify(pack, null, 2), keys()).verdict).toBe("ok");
  });

  test("is one command", () => {
    const path = join(folder, "pack.json");
    writeFileSync(path, text);
    const script = join(import.meta.dirname, "../../../cli/src/main.ts");
    const run = (...more: string[]) =>
      spawnSync(process.execPath, ["--conditions=@caum/source", script, "verify", path, ...more], {
        encoding: "utf8",
      });
    const good = run("--key", client.collector.verifierKey);
    expect(good.stdout).toMatch(/^ok: 42 of 42 sessions hold, \d+ records under signed/);
    expect(good.stdout).toContain("not proven:");
    expect(good.status).toBe(0);
    writeFileSync(path, text.replace('"loops":1', '"loops":0'));
    expect(run("--key", client.collector.verifierKey).status).toBe(1);
    expect(run().status).toBe(2);
  });
});
