/** A gate's report as SARIF 2.1.0, for code scanning. */
import { createHash } from "node:crypto";
import { GATE_RULES, type GateCheck, type GateFinding, type GateRule } from "@caum/workflows";
import { VERSION } from "../options/version.ts";
import { printable } from "../terminal/printable.ts";
import type { GateReport } from "./gate-report.ts";

const SCHEMA =
  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/** What the fingerprint is made of; another number when that changes. */
const FINGERPRINT = "caumFinding/v1";

export function sarifOf({ checks, problems }: GateReport): string {
  const rules = checks.map(({ rule }) => ({
    id: rule,
    shortDescription: { text: GATE_RULES[rule] },
  }));
  const run = {
    tool: { driver: { name: "caum", version: VERSION, semanticVersion: VERSION, rules } },
    invocations: [
      {
        executionSuccessful: problems.length === 0,
        toolExecutionNotifications: [
          ...checks
            .filter(({ outcome }) => outcome === "not_judged")
            .map(({ rule, said }) => notification(`${rule} could not be judged: ${said}`)),
          ...problems.map((problem) => notification(`not read: ${problem}`)),
        ],
      },
    ],
    results: checks.flatMap((check, index) => resultsOf(check, index)),
  };
  const log = { $schema: SCHEMA, version: "2.1.0", runs: [run] };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function notification(text: string) {
  return { level: "error", message: { text: printable(text) } };
}

function resultsOf({ rule, findings }: GateCheck, ruleIndex: number) {
  return findings.map((finding) => {
    const { message, sessions, sessionCount, subject } = finding;
    const workflow = subject.split("\n", 1)[0] ?? "";
    return {
      ruleId: rule,
      ruleIndex,
      level: "error",
      message: { text: printable(message) },
      // Sessions are no files; a viewer of code wants a place all the same.
      locations: [
        {
          physicalLocation: { artifactLocation: { uri: uriOf(workflow) } },
          ...(sessions.length > 0 && { logicalLocations: sessions.map(logicalLocation) }),
        },
      ],
      partialFingerprints: { [FINGERPRINT]: fingerprintOf(rule, finding) },
      occurrenceCount: Math.max(1, sessionCount),
    };
  });
}

function logicalLocation(session: string) {
  const name = printable(session);
  return { name, fullyQualifiedName: name, kind: "session" };
}

function uriOf(workflow: string): string {
  const name = workflow === "" ? "sessions" : printable(workflow);
  return `caum/${encodeURIComponent(name)}`;
}

/** Without ids of sessions and counts: the same fault in other sessions of a workflow is the same. */
function fingerprintOf(rule: GateRule, { subject }: GateFinding): string {
  return createHash("sha256")
    .update(JSON.stringify([FINGERPRINT, rule, subject]))
    .digest("hex");
}
