import type { Assessment, SessionSummary } from "@caum/core/health";
import { SENDER_LINKS, type SenderLink } from "./sender-chain.ts";

/** An assessment without its constant parts. */
type Judged = Omit<Assessment, "coordination" | "evidenceGrade"> & {
  readonly advice: Assessment["coordination"]["advice"];
};

/** How a session stood after a record. */
export type Standing = Judged & {
  /** What the loop that stands has cost so far; absent where none does, or nobody said a cost. */
  readonly loopCostNanoUsd?: number;
  /** The session entered an alert with this record. */
  readonly entersAlert?: true;
  /** What the record's link to the sender's event before came to; absent where none is claimed. */
  readonly link?: SenderLink;
};

/**
 * Every field is named: a spread takes ten times as long, at every record.
 *
 * @param summary of the session up to there, for what a loop cost
 */
export function standingOf(assessment: Assessment, summary?: SessionSummary): Standing {
  const isLoop = assessment.publicClass === "hard_alert" && assessment.pattern !== undefined;
  const cost = isLoop ? (summary?.loops.at(-1)?.costNanoUsd ?? 0) : 0;
  const standing = {
    step: assessment.step,
    eventType: assessment.eventType,
    regime: assessment.regime,
    healthy: assessment.healthy,
    uds: assessment.uds,
    tier: assessment.tier,
    failureRisk: assessment.failureRisk,
    failureRiskReason: assessment.failureRiskReason,
    traceQuality: assessment.traceQuality,
    publicClass: assessment.publicClass,
    reasons: assessment.reasons,
    pattern: assessment.pattern,
    scores: assessment.scores,
    advice: assessment.coordination.advice,
  } satisfies { [Field in keyof Judged]-?: Judged[Field] };
  return cost > 0 ? { ...standing, loopCostNanoUsd: cost } : standing;
}

/**
 * The compact form in which findings are stored beside their record: JSON, of words that need no
 * escape. It is put together by hand because it is made of every record (measured: half the time of
 * `JSON.stringify` of the same list).
 */
export function encodeStanding(standing: Standing): string {
  const { step, eventType, regime, healthy, uds, tier, failureRisk, traceQuality } = standing;
  const { publicClass, reasons, pattern, scores, advice, failureRiskReason, link } = standing;
  const said = reasons.length === 0 ? "[]" : JSON.stringify(reasons);
  const found = pattern === undefined ? "0" : JSON.stringify(encodePattern(pattern));
  const unknown = failureRiskReason === undefined ? "0" : `"${failureRiskReason}"`;
  const linked = link === undefined ? "" : `,${SENDER_LINKS.indexOf(link)}`;
  return (
    `[${step},"${eventType}","${regime}","${healthy}",${uds},"${tier}",${failureRisk},` +
    `"${traceQuality}","${publicClass}",${said},${found},[${scores.tcr},${scores.esr},${scores.sci}],` +
    `"${advice}",${unknown},${standing.loopCostNanoUsd ?? 0},${standing.entersAlert ? 1 : 0}${linked}]`
  );
}

/** That alone of what {@link encodeStanding} wrote. */
export function failureRiskIn(text: string): number | null {
  return (JSON.parse(text) as EncodedStanding)[6];
}

export function decodeStanding(text: string): Standing {
  // Only `encodeStanding` writes this text.
  const fields = JSON.parse(text) as EncodedStanding;
  const [step, eventType, regime, healthy, uds, tier, failureRisk, traceQuality] = fields;
  const [, , , , , , , , publicClass, reasons, pattern, scores, advice] = fields;
  const [unknown = 0, cost = 0, enters = 0] = [fields[13], fields[14], fields[15]];
  const [tcr, esr, sci] = scores;
  const link = SENDER_LINKS[fields[16] ?? -1];
  return {
    step,
    eventType,
    regime,
    healthy,
    uds,
    tier,
    failureRisk,
    ...(unknown !== 0 && { failureRiskReason: unknown }),
    traceQuality,
    publicClass,
    reasons,
    ...(pattern !== 0 && { pattern: decodePattern(pattern) }),
    scores: { tcr, esr, sci },
    advice,
    ...(cost > 0 && { loopCostNanoUsd: cost }),
    ...(enters === 1 && { entersAlert: true }),
    ...(link !== undefined && { link }),
  };
}

function encodePattern(pattern: Pattern): EncodedPattern {
  const { rule, period, cycles, fromStep, tools, sinceMs } = pattern;
  return [rule, period, cycles, fromStep, tools, sinceMs ?? 0];
}

/** Findings of an earlier version name no tools and no time. */
function decodePattern(encoded: EncodedPattern): Pattern {
  const [rule, period, cycles, fromStep, tools = [], sinceMs = 0] = encoded;
  return { rule, period, cycles, fromStep, tools, ...(sinceMs > 0 && { sinceMs }) };
}

type Pattern = NonNullable<Standing["pattern"]>;

type EncodedPattern = readonly [
  Pattern["rule"],
  Pattern["period"],
  Pattern["cycles"],
  Pattern["fromStep"],
  tools?: Pattern["tools"],
  sinceMs?: number,
];

type EncodedStanding = readonly [
  Standing["step"],
  Standing["eventType"],
  Standing["regime"],
  Standing["healthy"],
  Standing["uds"],
  Standing["tier"],
  Standing["failureRisk"],
  Standing["traceQuality"],
  Standing["publicClass"],
  Standing["reasons"],
  0 | EncodedPattern,
  readonly [number, number, number],
  Standing["advice"],
  unknown?: 0 | NonNullable<Standing["failureRiskReason"]>,
  loopCostNanoUsd?: number,
  entersAlert?: 0 | 1,
  link?: number,
];
