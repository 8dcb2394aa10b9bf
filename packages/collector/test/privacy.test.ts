import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startClient } from "./client.ts";
import { everythingIn } from "./native-lines.ts";

/**
 * Names that stay readable (DESIGN 3.3): the ids of session and agent, agent name, team, workflow
 * and cohort. Everything else that can be posted carries the marker, tool names included, because
 * the collector keys names here.
 */
const MARKER = "zq7canary";

test("what is posted in any field of any door is nowhere on the disk, in errors or in metrics", async () => {
  const data = mkdtempSync(join(tmpdir(), "caum-canary-"));
  const failures: string[] = [];
  const client = await startClient({
    data,
    hashNames: true,
    onFailure: (failure) => failures.push(`${failure.name} ${failure.message}`),
  });
  const answers: string[] = [];
  const say = (answer: { readonly text: string; readonly status: number }) => {
    answers.push(answer.text);
    return answer;
  };
  const mark = (text = "") => `${MARKER} ${text} "quoted" \u0007 ü`;
  const label = `${MARKER}-label`;
  const noise = { "x-noise": MARKER, "user-agent": MARKER, cookie: `a=${MARKER}` };

  const startBody = {
    tenant_id: label,
    agent_id: "agent",
    workflow: "workflow",
    task_id: mark(),
    task_family: label,
    source: label,
    session_id: label,
    [label]: mark(),
  };
  const started = await client.post("/v2/live/start", startBody, noise);
  expect(started.status).toBe(200);
  const session = {
    session_id: started.body.session.session_id,
    session_token: started.body.session_token,
  };
  const event = {
    event: label,
    tool: label,
    phase: label,
    status: mark(),
    state_id: mark(),
    tool_family: label,
    timestamp: mark(),
    event_id: mark(),
    prompt: mark(),
    nested: { [label]: [mark()] },
  };
  expect(say(await client.post("/v2/live/event", { ...session, event }, noise)).status).toBe(200);
  say(
    await client.post(
      "/v2/live/batch",
      { ...session, events: [event, { ...event, event_id: "2" }] },
      noise,
    ),
  );

  const step = {
    session_id: "steps",
    step: 1,
    tool: label,
    content: mark("content"),
    task: mark("task"),
    agent_name: "agent",
    team: "team",
    state_hash: `${label}-state`,
    [label]: mark(),
  };
  expect(
    say(await client.post("/v1/step?explain=1", step, { ...client.key, ...noise })).status,
  ).toBe(200);
  say(await client.post("/v1/session/steps/end", { resolved: true, note: mark() }));

  const foreign = {
    eventId: randomUUID(),
    agentId: "agent",
    sessionId: "foreign",
    sourceTimestamp: "2026-01-01T00:00:00Z",
    category: "tool_api",
    schemaVersion: "1.0",
    payload: {
      toolName: label,
      argumentsHash: label,
      resultHash: label,
      endpoint: mark(),
      stateId: label,
      errorClass: label,
      phase: label,
      toolCallId: label,
      server: mark(),
      agent: mark(),
      status: mark(),
      [label]: { deep: mark() },
    },
    previousHash: label,
    traceId: label,
    runId: label,
    correlationId: label,
    agentVersion: label,
    toolType: label,
    targetSystem: label,
    operation: label,
    initiatorId: label,
    sourceFramework: label,
    actorType: label,
    actorId: label,
  };
  const headers = { ...client.key, ...noise };
  expect(say(await client.post("/v1/events", foreign, headers)).status).toBe(202);
  const payloads = {
    reasoning: {
      summary: mark(),
      provider: label,
      model: label,
      finishReason: label,
      messageHash: label,
    },
    identity: { agentName: mark(), version: mark(), capabilities: [mark()] },
    data_movement: { operation: "read", objectIds: [mark()], diffSummary: mark() },
    approval: { approverId: mark(), scope: mark(), decision: mark() },
    environment: { kind: label, subject: label, changeHash: label, text: mark() },
  };
  for (const [category, payload] of Object.entries(payloads)) {
    const body = { ...foreign, eventId: randomUUID(), category, payload };
    expect(say(await client.post("/v1/events", body, headers)).status, category).toBe(202);
  }

  // Requests that fail are where messages tend to repeat what was sent.
  for (const broken of [
    { ...foreign, eventId: mark() },
    { ...foreign, category: label },
    { ...foreign, payload: { toolName: "" }, sourceTimestamp: mark() },
    { ...step, step: mark() },
    `{"${MARKER}": `,
    [mark()],
  ]) {
    say(await client.post("/v1/events", broken, headers));
    say(await client.post("/v1/step", broken, headers));
  }
  say(await client.get(`/${MARKER}/${MARKER}?q=${MARKER}`, headers));
  say(await client.get(`/v1/sessions?cursor=${MARKER}&limit=${MARKER}`, headers));
  say(await client.post("/v1/register", { email: `${MARKER}@b.c`, company: mark() }, noise));
  say(await client.post("/v1/step", step, { authorization: `Bearer caum_live_${MARKER}` }));
  say(
    await client.request("POST", `/v1/runs/${"0".repeat(32)}/records`, {
      headers: { ...client.key, "content-type": "application/x-ndjson" },
      body: mark(),
    }),
  );
  say(await client.get("/metrics"));
  say(await client.get("/v1/session/steps"));
  say(await client.get("/v1/session/foreign"));

  expectNoMarker(everythingIn(data));
  expectNoMarker(answers.join("\n"));
  expectNoMarker(failures.join("\n"));
  await client.stop();
  expectNoMarker(everythingIn(data));
  rmSync(data, { recursive: true, force: true });
});

function expectNoMarker(text: string): void {
  const seen = text.toLowerCase();
  for (const form of [MARKER, Buffer.from(MARKER).toString("hex"), btoa(MARKER).slice(0, -2)]) {
    expect(seen.includes(form.toLowerCase()), `the marker as ${form}`).toBe(false);
  }
}
