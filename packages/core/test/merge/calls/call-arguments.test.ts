/** Values are read when a call is asked for, and again only when it may run with others. */
import { expect, test } from "vitest";
import type { CallFacts } from "../../../src/merge/calls/call-facts.ts";
import { callsOf } from "./calls-of.ts";

const values = { q: "x" };
const text = '{"q":"x"}';

const ROWS: readonly [
  what: string,
  asked: Partial<CallFacts>,
  ran: Partial<CallFacts>,
  reads: number,
][] = [
  ["the very same object", { arguments: values }, { arguments: values }, 1],
  ["an equal object", { arguments: values }, { arguments: { ...values } }, 2],
  ["the same text", { argumentsText: text }, { argumentsText: text }, 1],
  ["another text", { argumentsText: text }, { argumentsText: `${text} ` }, 2],
  [
    "the same text beside other objects",
    { argumentsText: text, arguments: values },
    { argumentsText: text, arguments: {} },
    1,
  ],
  ["a text where there was none", { arguments: values }, { argumentsText: text }, 2],
  ["nothing that is known", { arguments: values }, {}, 1],
  ["nothing, as before", {}, {}, 1],
  ["null", { arguments: null }, { arguments: null }, 2],
];

test.each(ROWS)("a call that runs with %s", (what, asked, ran, reads) => {
  const { calls, seen, reads: counted } = callsOf();
  const key = { session: "s", toolCallId: "a" };
  calls.requested(key, { tool: "search", response: what, ...asked });
  calls.started(key, { tool: "search", run: what, ...ran });
  calls.ended(key, { status: "ok" });
  expect(seen).toHaveLength(1);
  expect(counted.count).toBe(reads);
});
