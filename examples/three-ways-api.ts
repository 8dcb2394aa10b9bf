/** Way C: the raw API of a collector, from any language. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCollector } from "@caum/collector";

// What `caum up` starts; here on a free port, with a folder of its own.
const data = mkdtempSync(join(tmpdir(), "caum-example-"));
const collector = await startCollector({ data, port: 0 });
const headers = {
  authorization: `Bearer ${collector.apiKey}`,
  "content-type": "application/json",
};

async function post<Answer>(path: string, body: unknown): Promise<Answer> {
  const url = new URL(path, collector.url);
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  assert.equal(response.ok, true, await response.clone().text());
  return (await response.json()) as Answer;
}

const step = { session_id: "task-1", step: 1, tool: "bash", content: "pytest tests/" };
const answer = await post<Record<string, string>>("/v1/step", step);
const report = await post<{ tier: string }>("/v1/session/task-1/end", { resolved: true });
console.log(answer);
console.log(report.tier);
await collector.close();
rmSync(data, { recursive: true, force: true });

assert.equal(answer.observation, "passive");
assert.equal(answer.regime, "WARMING_UP");
assert.match(answer.merkle_root ?? "", /^[0-9a-f]{64}$/);
assert.match(report.tier, /^T[1-5]$/);
