import { price, score, short } from "../../parts/format.ts";
import type { Trace } from "../trace/trace.ts";
import { Chart } from "./chart.tsx";
import { grownWords, wentWords } from "./chart-words.ts";

/** The borders of the tiers, between the ends of the scale. */
const TIER_BORDERS = [0, 0.3, 0.5, 0.7, 0.85, 1];

interface ChartsProperties {
  readonly trace: Trace;
  readonly cursor: number | undefined;
  readonly onCursor: (at: number | undefined) => void;
}

/** What is not known is said, not drawn. */
export function Charts({ trace, cursor, onCursor }: ChartsProperties) {
  const { uds, risk, tokens, cost, loops } = trace;
  const shared = { cursor, onCursor, shaded: loops };
  const knowsRisk = risk.some((value) => !Number.isNaN(value));
  const [knowsTokens, knowsCost] = [(tokens.at(-1) ?? 0) > 0, (cost.at(-1) ?? 0) > 0];
  const missing = [
    knowsTokens ? undefined : "no record says tokens",
    knowsCost ? undefined : "no record says what it cost",
    knowsRisk ? undefined : "structure tells nothing of a failure risk",
  ].filter((words) => words !== undefined);
  return (
    <>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: leaving the charts takes the cursor away */}
      <div class="charts" onMouseLeave={() => onCursor(undefined)}>
        <Chart
          title="UDS"
          values={uds}
          write={score}
          ticks={TIER_BORDERS}
          words={`${wentWords(uds, score)} Lines are the borders of the tiers.`}
          {...shared}
        />
        {knowsRisk && (
          <Chart
            title="Failure risk"
            values={risk}
            write={score}
            ticks={[0, 0.5, 1]}
            words={wentWords(risk, score)}
            {...shared}
          />
        )}
        {knowsTokens && (
          <Chart
            title="Tokens, summed"
            values={tokens}
            write={short}
            words={grownWords(tokens, loops, short)}
            {...shared}
          />
        )}
        {knowsCost && (
          <Chart
            title="Cost, summed"
            values={cost}
            write={price}
            words={grownWords(cost, loops, price)}
            {...shared}
          />
        )}
      </div>
      {missing.length > 0 && <p class="quiet">Not drawn: {missing.join("; ")}.</p>}
    </>
  );
}
