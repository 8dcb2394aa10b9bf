/** How often sessions failed that were said to fail so often. */
import { useCallback } from "preact/hooks";
import { count, score } from "../parts/format.ts";
import { useAnswer } from "../parts/use-answer.ts";
import {
  type Outcome,
  type ReliabilityBin,
  readOutcome,
  type Uncalibrated,
} from "../server/workflows.ts";

const SIZE = 200;
const EDGE = 26;

export function Reliability({ workflow }: { readonly workflow: string }) {
  const { answer, failure } = useAnswer(useCallback(() => readOutcome(workflow), [workflow]));
  return (
    <section class="panel padded" aria-label="Outcome" aria-busy={answer === undefined}>
      <h2>How sessions end</h2>
      {failure !== undefined && (
        <p class="bad" role="alert">
          {failure}
        </p>
      )}
      {answer === undefined && failure === undefined && <p class="quiet">Loading…</p>}
      {answer !== undefined && answer.bins.length === 0 && <p>{whyNot(answer)}</p>}
      {answer !== undefined && answer.bins.length > 0 && (
        <Plot bins={answer.bins} outcomes={answer.outcomes} />
      )}
    </section>
  );
}

const REASONS: Readonly<Record<Uncalibrated, (outcome: Outcome) => string>> = {
  too_few_outcomes: ({ needed }) =>
    `From ${count(needed)} on, the failure risk is calibrated by them; before that none is shown.`,
  one_outcome: () => "Nearly all of them ended alike, so that nothing can be learned from them.",
  risk_tells_nothing: () =>
    "The structure of these sessions did not tell how they would end: no risk is shown.",
};

function whyNot(outcome: Outcome): string {
  const { outcomes, failures, reason = "too_few_outcomes" } = outcome;
  const known =
    outcomes === 0
      ? "There is no session of which both a failure risk and the outcome are known."
      : `Of ${count(outcomes)} sessions both a failure risk and the outcome are known; ${count(failures)} were not resolved.`;
  return `${known} ${REASONS[reason](outcome)}`;
}

function Plot({
  bins,
  outcomes,
}: {
  readonly bins: readonly ReliabilityBin[];
  readonly outcomes: number;
}) {
  const place = (value: number) => EDGE + value * SIZE;
  const high = (value: number) => SIZE + 6 - value * SIZE;
  return (
    <>
      <p class="quiet">
        Of {count(outcomes)} outcomes. A point on the line: sessions failed as often as the
        calibrated risk said.
      </p>
      <div class="halves">
        <svg
          class="reliability"
          viewBox={`0 0 ${SIZE + EDGE + 8} ${SIZE + EDGE + 6}`}
          role="img"
          aria-label="Failures that were seen, over the risk that was said; the table has the figures"
        >
          {[0, 0.5, 1].map((tick) => (
            <g key={tick}>
              <line x1={place(0)} x2={place(1)} y1={high(tick)} y2={high(tick)} />
              <text x={EDGE - 4} y={high(tick) + 4} text-anchor="end">
                {tick}
              </text>
              <text x={place(tick)} y={SIZE + EDGE - 4} text-anchor="middle">
                {tick}
              </text>
            </g>
          ))}
          <line class="same" x1={place(0)} y1={high(0)} x2={place(1)} y2={high(1)} />
          {bins.map(({ said, failed, low, high: upper, sessions }) => (
            <g key={`${said} ${low} ${upper}`}>
              <line
                class="between"
                x1={place(said)}
                x2={place(said)}
                y1={high(low)}
                y2={high(upper)}
              />
              <circle
                cx={place(said)}
                cy={high(failed)}
                r={Math.min(8, 2 + Math.sqrt(sessions) / 2)}
              />
            </g>
          ))}
        </svg>
        <table class="figures">
          <thead>
            <tr>
              <th scope="col">risk said</th>
              <th scope="col">failed</th>
              <th scope="col">between</th>
              <th scope="col">sessions</th>
            </tr>
          </thead>
          <tbody>
            {bins.map(({ said, failed, low, high: upper, sessions }) => (
              <tr key={`${said} ${low} ${upper}`}>
                <th scope="row">{score(said)}</th>
                <td>{score(failed)}</td>
                <td>
                  {score(low)}–{score(upper)}
                </td>
                <td>{count(sessions)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
