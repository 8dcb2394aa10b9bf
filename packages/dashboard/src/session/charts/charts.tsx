import { price, score, short } from "../../parts/format.ts";
import type { Trace } from "../trace/trace.ts";
import { Chart } from "./chart.tsx";

/** The borders of the tiers, between the ends of the scale. */
const TIER_BORDERS = [0, 0.3, 0.5, 0.7, 0.85, 1];

interface ChartsProperties {
  readonly trace: Trace;
  readonly cursor: number | undefined;
  readonly onCursor: (at: number | undefined) => void;
}

export function Charts({ trace, cursor, onCursor }: ChartsProperties) {
  const shared = { cursor, onCursor, shaded: trace.loops };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: leaving the charts takes the cursor away
    <div class="charts" onMouseLeave={() => onCursor(undefined)}>
      <Chart title="UDS" values={trace.uds} write={score} ticks={TIER_BORDERS} {...shared} />
      <Chart
        title="Failure risk"
        values={trace.risk}
        write={score}
        ticks={[0, 0.5, 1]}
        {...shared}
      />
      <Chart title="Tokens, summed" values={trace.tokens} write={short} {...shared} />
      <Chart title="Cost, summed" values={trace.cost} write={price} {...shared} />
    </div>
  );
}
