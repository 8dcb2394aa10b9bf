/** What `caum verify` says of all sessions of a tenant. */
import type { ExportVerification, PolicyResult } from "@caum/core/verify";

export function describeExport(all: ExportVerification, policy?: PolicyResult): readonly string[] {
  const { verdict, proven, sessions, held, records, origin, size, logged, deleted } = all;
  return [
    `${verdict}: ${held} of ${sessions} sessions hold, ${records} records`,
    proven,
    "",
    ...(origin === null ? [] : [`  log ${origin}: ${size} heads of ${logged} sessions`]),
    ...(deleted === 0 ? [] : [`  deleted, as the collector says: ${deleted} sessions`]),
    ...(policy?.holds === true ? ["  holds  policy: it is signed as the policy asks"] : []),
    ...(policy?.unmet ?? []).map((why) => `  FAILS  policy: ${why}`),
    ...all.findings.map(({ session, verdict: grave, message }) =>
      session === null ? `  ${grave}: ${message}` : `  ${grave} at session ${session}: ${message}`,
    ),
    "",
    "not proven:",
    ...all.notProven.map((line) => `  - ${line}`),
  ];
}
