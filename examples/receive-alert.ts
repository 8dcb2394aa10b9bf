/** Being told of a loop: a webhook rule, and the receiver that checks the signature. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startCollector } from "@caum/collector";
import { Webhook } from "standardwebhooks";

// Your server: one path that takes POSTs. Any library for Standard Webhooks checks them.
let secret = "";
const seen = new Set<unknown>();
let tell: (alert: Record<string, unknown>) => void;
const told = new Promise<Record<string, unknown>>((resolve) => {
  tell = resolve;
});
const receiver = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  const headers = request.headers as Record<string, string>;
  const alert = new Webhook(secret).verify(body, headers) as Record<string, unknown>;
  // Deliveries are repeated when in doubt: the same id is the same alert.
  if (!seen.has(headers["webhook-id"])) tell(alert);
  seen.add(headers["webhook-id"]);
  response.writeHead(204).end();
}).listen(0, "127.0.0.1");
await new Promise((resolve) => receiver.once("listening", resolve));
const address = receiver.address();
assert(typeof address === "object" && address !== null);

// What `caum up --allow-destination 127.0.0.1` starts: private addresses are the operator's to open.
const data = mkdtempSync(join(tmpdir(), "caum-example-"));
const alerts = { allowDestinations: ["127.0.0.1"] };
const collector = await startCollector({ data, port: 0, alerts });

async function post<Answer>(path: string, body: unknown): Promise<Answer> {
  const headers = {
    authorization: `Bearer ${collector.apiKey}`,
    "content-type": "application/json",
  };
  const url = new URL(path, collector.url);
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  return (await response.json()) as Answer;
}

const destination = `http://127.0.0.1:${address.port}/caum-alert`;
const rule = { condition: "tier>=T4", action_type: "webhook", destination };
const { rules } = await post<{ rules: { secret: string }[] }>("/v1/alerts", [rule]);
secret = rules[0]?.secret ?? "";
for (let step = 1; step <= 4; step++) {
  await post("/v1/step", { session_id: "task-1", step, tool: "bash", state_hash: "unchanged" });
}
const alert = await told;
console.log(alert.message);
await collector.close();
receiver.close();
rmSync(data, { recursive: true, force: true });

assert.equal(alert.event, "caum.advisory");
assert.equal(alert.session_id, "task-1");
