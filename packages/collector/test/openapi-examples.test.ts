/** The words and examples of the API document: each example is sent to a real collector. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { API_OPERATIONS } from "../src/doors/api/operations.ts";
import { type Client, startClient } from "./client.ts";

let client: Client;
// The document is read freely here.
// biome-ignore lint/suspicious/noExplicitAny: see above
let document: any;
beforeAll(async () => {
  client = await startClient();
  document = (await client.get("/openapi.json")).body;
});
afterAll(() => client.stop());

/** Each needs what no document can hold: a signature, a chain, or a payment provider. */
const WITHOUT_EXAMPLE = [
  "POST /v1/runs/{runId}/records",
  "POST /v1/session/{id}/cosign",
  "POST /v1/checkout",
  "POST /v1/stripe/webhook",
];

/** Understood, and refused: hours go by until an alert is given up. */
const GIVEN_UP_ONLY = "POST /v1/alerts/history/{id}/replay";

// biome-ignore lint/suspicious/noExplicitAny: as above
const operations = (): readonly (readonly [string, any])[] =>
  // biome-ignore lint/suspicious/noExplicitAny: as above
  Object.entries<any>(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, found]) => [`${method.toUpperCase()} ${path}`, found]),
  );

test("every operation has an id of its own, a summary and a tag; no words are left over", () => {
  const names = operations().map(([name]) => name);
  expect(Object.keys(API_OPERATIONS).toSorted()).toEqual(names.toSorted());
  const ids = operations().map(([name, { operationId, summary, tags }]) => {
    expect(operationId, name).toMatch(/^[a-z][A-Za-z]+$/);
    expect(summary, name).toMatch(/^[A-Z][^.]{8,80}$/);
    expect(tags, name).toHaveLength(1);
    return operationId;
  });
  expect(new Set(ids).size).toBe(ids.length);
});

test("the document says where the collector is reached", async () => {
  expect(document.servers).toEqual([{ url: client.collector.url }]);
  const below = await startClient({ publicUrl: "https://ops.example/caum" });
  const { body } = await below.get("/openapi.json");
  expect(body.servers).toEqual([{ url: "https://ops.example/caum" }]);
  await below.stop();
});

test("every example is taken by the door that it is of", async () => {
  const known = new Map<string, string>();
  const filled = (text: string) =>
    text.replace(/\b(?:SESSION_ID|SESSION_TOKEN|RULE_ID|ALERT_ID|KEY_ID|MEMBER_ID)\b/g, (word) => {
      const value = known.get(word);
      if (value === undefined) throw new Error(`nothing was answered for ${word}`);
      return value;
    });
  const byName = new Map(operations());
  const untold: string[] = [];
  // In the order of the table: one needs what another answered.
  for (const name of Object.keys(API_OPERATIONS)) {
    const [method = "", path = ""] = name.split(" ");
    const operation = byName.get(name);
    const [type, content] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
    // biome-ignore lint/suspicious/noExplicitAny: as above
    const example = (content as any)?.example;
    const hasBody = method !== "GET" && method !== "DELETE" && operation.requestBody !== undefined;
    const place = placed(path, operation.parameters ?? []);
    if (place === undefined || (hasBody && example === undefined)) {
      untold.push(name);
      continue;
    }
    const token = known.get("SESSION_TOKEN");
    const headers: Record<string, string> = {
      ...client.admin,
      ...(type !== undefined && { "content-type": type }),
      ...(path.startsWith("/v2/live/session") && token && { "x-caum-session-token": token }),
    };
    const body = typeof example === "string" ? example : JSON.stringify(example);
    const init = { headers, ...(body !== undefined && { body: filled(body) }) };
    const send = () => client.request(method, filled(place), init);
    let answer = await send();
    // What is remembered of a workflow comes some seconds after its sessions.
    while (name === "GET /v1/workflows/{name}" && answer.status === 404) answer = await send();
    if (name === GIVEN_UP_ONLY) expect(answer.status).toBe(409);
    else if (!WITHOUT_EXAMPLE.includes(name)) {
      expect(answer.status, `${name}: ${answer.text.slice(0, 300)}`).toBeLessThan(300);
    }
    learn(known, answer.body);
  }
  expect(untold).toEqual(WITHOUT_EXAMPLE.slice(0, 2));
});

/** @returns undefined where a parameter that is needed has no example */
function placed(
  path: string,
  // biome-ignore lint/suspicious/noExplicitAny: as above
  parameters: readonly any[],
): string | undefined {
  let place = path;
  const query = new URLSearchParams();
  for (const { name, in: where, required, example } of parameters) {
    if (required && example === undefined) return undefined;
    if (where === "path") place = place.replace(`{${name}}`, String(example));
    else if (example !== undefined) query.set(name, String(example));
  }
  return query.size === 0 ? place : `${place}?${query}`;
}

// biome-ignore lint/suspicious/noExplicitAny: as above
function learn(known: Map<string, string>, body: any): void {
  const found = {
    SESSION_ID: body?.session_token && body.session?.session_id,
    SESSION_TOKEN: body?.session_token,
    RULE_ID: body?.rules?.[0]?.id,
    ALERT_ID: body?.alerts?.[0]?.id,
    KEY_ID: body?.api_key && body.key_id,
    MEMBER_ID: body?.member_id,
  };
  for (const [word, value] of Object.entries(found)) if (value) known.set(word, value);
}
