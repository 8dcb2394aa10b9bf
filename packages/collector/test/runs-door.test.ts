import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hashLeaf } from "@caum/core/verify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Client, startClient } from "./client.ts";
import { recordRun } from "./native-lines.ts";

let client: Client;

beforeAll(async () => {
  client = await startClient();
});
afterAll(() => client.stop());

function send(runId: string, lines: readonly string[], key = client.key) {
  return client.request("POST", `/v1/runs/${runId}/records`, {
    headers: { ...key, "content-type": "application/x-ndjson" },
    body: `${lines.join("\n")}\n`,
  });
}

test("native lines are stored as they are and answered with head, root and health", async () => {
  const { runId, lines } = await recordRun("native-1", 10);
  const answer = await send(runId, lines);
  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({
    accepted: lines.length,
    duplicate: 0,
    rejected: 0,
    results: [],
    next_seq: lines.length,
    run_head: hashLeaf(lines.at(-1) ?? ""),
    evidence: { tree_size: lines.length, run_count: 1 },
  });
  const detail = await client.get("/v1/session/native-1");
  expect(detail.body.session).toMatchObject({ workflow: "native", steps: 10, ended: true });
  expect(detail.body.steps.map(({ leaf }: { leaf: string }) => leaf)).toEqual(lines.map(hashLeaf));
});

test("a run that poses as the collector's is refused as a whole: by its id, its layer or its writer", async () => {
  const { runId, lines } = await recordRun("posing", 3);
  const other = `c${runId.slice(1)}`;
  const posing: readonly (readonly [string, readonly string[]])[] = [
    [other, lines.map((line) => line.replaceAll(runId, other))],
    [runId, lines.map((line) => line.replace('"layer":"framework"', '"layer":"door"'))],
    [runId, lines.map((line) => line.replace('"writer":"test"', '"writer":"caum-collector"'))],
  ];
  for (const [id, changed] of posing) {
    expect(changed).not.toEqual(lines);
    const answer = await send(id, changed);
    expect(answer.status).toBe(400);
    expect(answer.body.error.details).toMatchObject([{ code: "POSES_AS_COLLECTOR" }]);
  }
  expect((await client.get("/v1/session/posing")).status).toBe(404);
  expect((await send(runId, lines)).status).toBe(200);
});

test("the same lines again are acknowledged, and nothing is added", async () => {
  const { runId, lines } = await recordRun("native-2", 5);
  await send(runId, lines.slice(0, 4));
  const answer = await send(runId, lines);
  expect(answer.body).toMatchObject({ accepted: lines.length - 4, duplicate: 4, rejected: 0 });
  expect(answer.body.evidence.tree_size).toBe(lines.length);
});

test("a gap stores nothing and says what is expected", async () => {
  const { runId, lines } = await recordRun("native-3", 5);
  await send(runId, lines.slice(0, 2));
  const answer = await send(runId, lines.slice(3));
  expect(answer.body.accepted).toBe(0);
  expect(answer.body.results[0]).toEqual({
    line: 1,
    status: "gap",
    code: "GAP",
    seq: 3,
    expected: 2,
  });
  expect(answer.body.evidence.tree_size).toBe(2);
});

test("a record that contradicts an accepted one is set aside and never merged", async () => {
  const first = await recordRun("native-4", 3);
  const second = await recordRun("native-4", 3);
  await send(first.runId, first.lines);
  const forged = second.lines.map((line) => line.replaceAll(second.runId, first.runId));
  const answer = await send(first.runId, forged);
  expect(answer.body).toMatchObject({ accepted: 0, rejected: forged.length });
  expect(answer.body.results[0]).toMatchObject({ code: "FORK" });
  expect(answer.body.evidence.tree_size).toBe(first.lines.length);
  // The run itself goes on.
  const own = await send(second.runId, second.lines);
  expect(own.body).toMatchObject({ accepted: second.lines.length, evidence: { run_count: 2 } });
});

test("what follows a record that was set aside is set aside with it, until the run goes on", async () => {
  const first = await recordRun("native-7", 6);
  const second = await recordRun("native-7", 6);
  await send(first.runId, first.lines.slice(0, 3));
  const forged = second.lines.map((line) => line.replaceAll(second.runId, first.runId));
  const aside = await send(first.runId, forged.slice(3, 6));
  const statuses = (answer: typeof aside) =>
    answer.body.results.map(({ status }: { status: string }) => status);
  expect(statuses(aside)).toEqual(["fork", "fork", "fork"]);
  const own = await send(first.runId, first.lines.slice(3, 5));
  expect(own.body).toMatchObject({ accepted: 2, rejected: 0 });
  // From here on what is missing is missing.
  expect(statuses(await send(first.runId, first.lines.slice(7)))).toEqual(["gap", "gap"]);
});

test.each([
  ["a line with a space", (line: string) => line.replace(":", ": ")],
  ["an unknown field", (line: string) => line.replace('{"agentId"', '{"aaa":1,"agentId"')],
  ["half a line", (line: string) => line.slice(0, 40)],
  ["an empty line", () => ""],
])("%s is refused with its number, and nothing of the request is stored", async (_what, change) => {
  const { runId, lines } = await recordRun("native-5", 3);
  const answer = await send(runId, [lines[0] ?? "", change(lines[1] ?? "")]);
  expect(answer.status).toBe(400);
  expect(answer.body.error.code).toBe("NOT_CANONICAL");
  expect(answer.body.error.details[0].path.slice(0, 2)).toEqual(["line", 2]);
  expect((await client.get("/v1/session/native-5")).status).toBe(404);
});

test("lines of another run or without a key are refused", async () => {
  const { lines } = await recordRun("native-6", 1);
  expect((await send("0".repeat(32), lines)).status).toBe(400);
  expect((await send("0".repeat(32), lines, {} as typeof client.key)).status).toBe(401);
  expect((await send("nonsense", lines)).status).toBe(400);
});

test("only the fullest layer of a session is judged", async () => {
  const proxy = await recordRun("layers", 6, { layer: "mcp" });
  const adapter = await recordRun("layers", 4, { layer: "framework" });
  await send(proxy.runId, proxy.lines);
  await send(adapter.runId, adapter.lines);
  const detail = await client.get("/v1/session/layers");
  expect(detail.body.session).toMatchObject({ steps: 4 });
  expect(detail.body.tree_size).toBe(proxy.lines.length + adapter.lines.length);
});

test("local runs that are on the machine are adopted once", async () => {
  const home = mkdtempSync(join(tmpdir(), "caum-home-"));
  const { lines } = await recordRun("was-local", 7, { home });
  const data = join(home, "collector");
  const first = await startClient({ home, data });
  expect(await first.collector.adopted).toBe(lines.length);
  expect((await first.get("/v1/session/was-local")).body.session).toMatchObject({ steps: 7 });
  await first.stop();
  const second = await startClient({ home, data });
  expect(await second.collector.adopted).toBe(0);
  await second.stop();
  rmSync(home, { recursive: true, force: true });
});
