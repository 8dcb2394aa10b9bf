import { expect, test } from "vitest";
import { recordedCallOf } from "../../../src/tap/calls/recorded-call.ts";

test.each([
  ["_meta", { progressToken: 7 }],
  ["requestState", "opaque"],
  ["inputResponses", { answer: "yes" }],
  ["task", { ttl: 60_000 }],
])("%s is no argument: it changes from call to call without meaning anything", (name, value) => {
  const params = { uri: "file:///a", [name]: value };
  const call = recordedCallOf({ kind: "request", id: 1, method: "resources/read", params }, true);
  expect(call).toMatchObject({ tool: "mcp:resources/read", arguments: { uri: "file:///a" } });
  expect(call?.arguments).not.toHaveProperty(name);
});
