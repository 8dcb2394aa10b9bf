/** Messages with a marked text in every place where a text can stand. */
import fc from "fast-check";

/** What is looked for. */
export const MARK = "c4n4ry-of-the-mine";
/** The mark in a text that is no label, so that it must not be kept as a name either. */
export const CANARY = `${MARK}\u00a7`;

const meta = { progressToken: CANARY, [CANARY]: CANARY, traceparent: CANARY };
const content = [
  { type: "text", text: CANARY },
  { type: "image", data: CANARY, mimeType: CANARY },
  { type: "resource", resource: { uri: CANARY, text: CANARY, blob: CANARY } },
];
const tool = {
  name: CANARY,
  title: CANARY,
  description: CANARY,
  inputSchema: { type: "object", properties: { [CANARY]: { description: CANARY } } },
  annotations: { title: CANARY, readOnlyHint: true },
};

/** What a client asks, by method. */
const PARAMS: Readonly<Record<string, object>> = {
  initialize: {
    protocolVersion: CANARY,
    clientInfo: { name: CANARY, version: CANARY, title: CANARY },
    capabilities: { [CANARY]: {} },
  },
  "server/discover": { _meta: meta },
  "tools/list": { cursor: CANARY },
  "tools/call": { name: CANARY, arguments: { [CANARY]: CANARY, command: CANARY }, _meta: meta },
  "resources/list": {},
  "resources/read": { uri: CANARY },
  "resources/subscribe": { uri: CANARY },
  "prompts/list": {},
  "prompts/get": { name: CANARY, arguments: { [CANARY]: CANARY } },
  "completion/complete": { ref: { name: CANARY }, argument: { name: CANARY, value: CANARY } },
  "logging/setLevel": { level: CANARY },
  "sampling/createMessage": { messages: [{ role: "user", content }], systemPrompt: CANARY },
  "elicitation/create": { message: CANARY, requestedSchema: { [CANARY]: CANARY } },
  "roots/list": {},
  "tasks/get": { taskId: CANARY },
  "tasks/result": { taskId: CANARY },
  "subscriptions/listen": { [CANARY]: CANARY },
  [CANARY]: { [CANARY]: CANARY },
};

const RESULTS: readonly object[] = [
  { content, structuredContent: { [CANARY]: CANARY }, _meta: meta },
  { content, isError: true },
  { resultType: "input_required", requestState: CANARY, inputRequests: { [CANARY]: {} } },
  { resultType: "task", taskId: CANARY, status: "working", statusMessage: CANARY },
  { task: { taskId: CANARY, statusMessage: CANARY } },
  { status: "failed", error: { code: -1, message: CANARY } },
  { tools: [tool] },
  { tools: [{ ...tool, description: `${CANARY} changed` }] },
  { contents: [{ uri: CANARY, text: CANARY }] },
  { action: "accept", content: { [CANARY]: CANARY } },
  { serverInfo: { name: CANARY, version: CANARY }, instructions: CANARY },
];

const ERRORS: readonly object[] = [
  { code: -32602, message: CANARY, data: { [CANARY]: CANARY } },
  { code: CANARY, message: CANARY },
];

const NOTIFICATIONS: readonly object[] = [
  { method: "notifications/message", params: { level: CANARY, logger: CANARY, data: CANARY } },
  { method: "notifications/cancelled", params: { requestId: CANARY, reason: CANARY } },
  { method: "notifications/progress", params: { progressToken: CANARY, message: CANARY } },
  { method: "notifications/tasks", params: { taskId: CANARY, status: CANARY } },
  { method: "notifications/resources/updated", params: { uri: CANARY } },
];

/** Every question with every kind of answer; a party that sends all back is both client and server. */
export function canaryMessages(): readonly unknown[] {
  const messages: unknown[] = [...NOTIFICATIONS];
  let id = 0;
  for (const [method, params] of Object.entries(PARAMS)) {
    for (const answer of [
      ...RESULTS.map((result) => ({ result })),
      ...ERRORS.map((error) => ({ error })),
    ]) {
      // An id may hold a text, too.
      const next = id++ % 2 ? id : `${CANARY}${id}`;
      messages.push({ jsonrpc: "2.0", id: next, method, params });
      messages.push({ jsonrpc: "2.0", id: next, ...answer });
    }
  }
  const long = CANARY.repeat(10_000);
  messages.push({
    id: "long",
    method: "tools/call",
    params: { name: CANARY, arguments: { long } },
  });
  messages.push({ result: { content: [{ type: "text", text: long }] }, id: "long" });
  messages.push(...fc.sample(fc.jsonValue(), { numRuns: 200, seed: 7 }).map(marked));
  return messages;
}

/** Any value in the place of any part of a call. */
function marked(value: unknown, index: number): unknown {
  const place = ["method", "params", "result", "error", "id"][index % 5] ?? "params";
  const params = { name: `${CANARY}`, arguments: { [CANARY]: value } };
  return { id: index, method: "tools/call", params, [place]: { [CANARY]: [value, CANARY] } };
}
