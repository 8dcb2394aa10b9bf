/** Lines that are no records, and records that were edited. */

import { edited } from "../bundles.ts";
import { hexOf } from "../records.ts";
import { at, replaced, type Tampering, withLines } from "./damage.ts";

const EDITS: readonly [string, Readonly<Record<string, unknown>>][] = [
  ["status", { status: "error" }],
  ["tool name", { toolName: "shell.run" }],
  ["result hash", { resultHash: hexOf(99, 64) }],
  ["duration", { durationMs: 13 }],
  ["time", { sourceTimestamp: "2026-01-01T00:00:00.000Z" }],
  ["agent", { agentId: "another" }],
  ["event id", { eventId: "00000000-0000-7000-8000-000000000000" }],
];

export const edits = EDITS.flatMap(([field, change]): Tampering[] =>
  [1, 3, 5, 8].map((index) => ({
    name: `edit the ${field} of record ${index}`,
    bundle: withLines(replaced(index, edited(at(index), change))),
    verdict: "tampered" as const,
    kind: "altered" as const,
    line: index + 1,
  })),
);

export const form: Tampering[] = (
  [
    ["white space", at(3).replace(":", ": ")],
    [
      "another key order",
      at(3).replace(/"status":"ok","toolName":"([a-z.]+)"/, '"toolName":"$1","status":"ok"'),
    ],
    ["1.0 for 1", at(3).replace('"seq":2', '"seq":2.0')],
    ["a __proto__ key", at(3).replace('"payload":{', '"__proto__":{"a":1},"payload":{')],
    ["a duplicate key", at(3).replace('"status":"ok"', '"status":"ok","status":"ok"')],
    ["an escaped letter", at(3).replace("browser", "\\u0062rowser")],
    ["a null", at(3).replace('"durationMs":12', '"durationMs":null')],
    ["an unknown field", at(3).replace('"status"', '"prompt":"x","status"')],
    [
      "an upper-case hash",
      at(3).replace(/"resultHash":"(.{64})"/, (_, hash) => `"resultHash":"${hash.toUpperCase()}"`),
    ],
    ["a lone surrogate", at(3).replace("support-bot", "\\ud800")],
    ["deep nesting", `${"[".repeat(7_000)}${"]".repeat(7_000)}`],
    ["a huge integer", at(3).replace('"durationMs":12', `"durationMs":${"9".repeat(5_000)}`)],
    ["a float that is an integer", at(3).replace('"durationMs":12', '"durationMs":12e0')],
    ["nothing", ""],
    ["a carriage return", `${at(3)}\r`],
    ["a byte order mark", `\ufeff${at(3)}`],
    ["NaN", at(3).replace('"durationMs":12', '"durationMs":NaN')],
  ] as const
).map(([what, line]) => ({
  name: `a line with ${what}`,
  bundle: withLines(replaced(3, line)),
  verdict: "malformed",
  kind: "malformed_record",
  line: 4,
}));
