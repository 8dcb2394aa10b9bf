/** What `caum verify` prints of a bundle. */
import type { ContentCheck } from "@caum/core/machine";
import type { PolicyResult, SignedBy, TimeStamp, Verification } from "@caum/core/verify";
import type { BundleFinding } from "@caum/core/verify/rules";
import { counted } from "../terminal/counted.ts";

/** What was asked for beside the verdict, each where it was. */
export interface Asked {
  readonly policy: PolicyResult | undefined;
  /** Whether a named authority stamped all records. */
  readonly stamped: boolean | undefined;
  readonly content: ContentCheck | undefined;
}

export function describeVerification(
  verification: Verification,
  { policy, stamped, content }: Asked,
): readonly string[] {
  const { verdict, records, runs, sessionId, size, root, origin, imported } = verification;
  const signed = size < records ? `, ${size} of them under a signed root` : "";
  const { proven, signedBy, timeStamps, checks, findings, notProven } = verification;
  const session = sessionId === null ? "" : ` of session ${JSON.stringify(sessionId)}`;
  return [
    `${verdict}: ${counted(records, "record")} in ${counted(runs, "run")}${session}${signed}`,
    proven,
    "",
    ...signedBy.map(describeSigner),
    ...timeStamps.flatMap(describeStamp),
    ...(root === null ? [] : [`  ${"root".padEnd(13)} ${root} at size ${size}`]),
    ...(imported === 0 ? [] : [`  imported, not witnessed: ${counted(imported, "run")}`]),
    ...(origin === null ? [] : [`  ${"tree".padEnd(13)} ${origin}`]),
    "",
    ...checks.map(
      ({ name, holds, detail }) => `  ${holds ? "holds" : "FAILS"}  ${name}: ${detail}`,
    ),
    ...(policy?.holds === true ? ["  holds  policy: it is signed as the policy asks"] : []),
    ...(policy?.unmet ?? []).map((why) => `  FAILS  policy: ${why}`),
    ...(stamped === true
      ? ["  holds  time-stamp: one of a named authority is over all records"]
      : []),
    ...(stamped === false
      ? ["  FAILS  time-stamp: none of a named authority is over all records"]
      : []),
    ...(content ? describeContent(content) : []),
    ...section("found", findings.map(describeFinding)),
    ...section("not proven", notProven),
  ];
}

function describeSigner({ name, keyId, role, since, upTo, ...time }: SignedBy): string {
  const sizes = `since size ${since}, up to ${upTo}`;
  return `  ${`${role} by`.padEnd(13)} ${name} (${keyId}), ${sizes}${describeTime(time)}`;
}

function describeContent({ matches, openedRuns, closedRuns }: ContentCheck): readonly string[] {
  if (openedRuns === 0) return ["  FAILS  content: the disclosed key opens no run of it"];
  const closed = closedRuns === 0 ? "" : `; ${counted(closedRuns, "run")} under another key`;
  if (matches.length === 0) return [`  FAILS  content: no call that is opened has it${closed}`];
  return matches.map(({ part, tool, line, run: runId, seq, isCut }) => {
    const place = `${tool} at records.ndjson, line ${line}, run ${runId}, seq ${seq}`;
    const cut = isCut ? ", by its first 64 KiB and its length" : "";
    return `  holds  content: it is the ${part} of ${place}${cut}`;
  });
}

/** Those that say nothing are told with what is not proven. */
function describeStamp({ fault, authority, size, ...time }: TimeStamp): readonly string[] {
  if (fault !== null) return [];
  return [`  ${"stamped by".padEnd(13)} ${authority}, up to size ${size}${describeTime(time)}`];
}

function describeTime({ timeSeconds, timeFault }: Pick<SignedBy, "timeSeconds" | "timeFault">) {
  if (timeSeconds === null) return "";
  if (timeFault === "in_future") {
    return `, at second ${timeSeconds} since 1970: impossible, in the future`;
  }
  const time = `${new Date(timeSeconds * 1_000).toISOString().slice(0, 19)}Z`;
  return timeFault === null
    ? `, at ${time} at the latest`
    : `, at ${time}: impossible, before that of the records`;
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", `${title}:`, ...lines.map((line) => `  - ${line}`)];
}

function describeFinding({ kind, file, line, run: runId, seq, message }: BundleFinding): string {
  const places = [
    file,
    line === null ? "" : `line ${line}`,
    runId === null ? "" : `run ${runId}`,
    seq === null ? "" : `seq ${seq}`,
  ].filter((place) => place !== "");
  return `${kind}${places.length > 0 ? ` at ${places.join(", ")}` : ""}: ${message}`;
}
