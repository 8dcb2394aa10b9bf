/** What SARIF 2.1.0 (OASIS, sections 3.13 to 3.58) and its viewers ask of the parts that a gate writes. */
import { expect } from "vitest";
import { z } from "zod";

const text = z.string().min(1);
const message = z.strictObject({ text });
/** RFC 3986, what a relative reference may hold. */
const uri = z.string().regex(/^(?:[\w.~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})+$/);

const rule = z.strictObject({ id: text, shortDescription: message });
const result = z.strictObject({
  ruleId: text,
  ruleIndex: z.number().int().min(0),
  level: z.enum(["none", "note", "warning", "error"]),
  message,
  locations: z
    .array(
      z.strictObject({
        physicalLocation: z.strictObject({ artifactLocation: z.strictObject({ uri }) }),
        logicalLocations: z
          .array(z.strictObject({ name: text, fullyQualifiedName: text, kind: text }))
          .min(1)
          .optional(),
      }),
    )
    .min(1),
  partialFingerprints: z.record(
    z.string().regex(/^\w+\/v\d+$/),
    z.string().regex(/^[0-9a-f]{64}$/),
  ),
  occurrenceCount: z.number().int().min(1),
});

export const sarifLog = z.strictObject({
  $schema: z.url(),
  version: z.literal("2.1.0"),
  runs: z
    .array(
      z.strictObject({
        tool: z.strictObject({
          driver: z.strictObject({
            name: text,
            version: text,
            semanticVersion: z.string().regex(/^\d+\.\d+\.\d+/),
            rules: z.array(rule),
          }),
        }),
        invocations: z.array(
          z.strictObject({
            executionSuccessful: z.boolean(),
            toolExecutionNotifications: z.array(
              z.strictObject({ level: z.literal("error"), message }),
            ),
          }),
        ),
        results: z.array(result),
      }),
    )
    .length(1),
});

/** @throws when the log breaks a rule */
export function checkSarif(written: string) {
  const log = sarifLog.parse(JSON.parse(written));
  const [run] = log.runs;
  if (run === undefined) throw new Error("no run");
  const { rules } = run.tool.driver;
  // Section 3.19.23: rules are told apart by their ids.
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
  // Section 3.27.6: the index is that of the rule.
  for (const { ruleId, ruleIndex } of run.results) expect(rules[ruleIndex]?.id).toBe(ruleId);
  return run;
}
