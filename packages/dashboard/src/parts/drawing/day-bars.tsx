import type { Day } from "../../server/workflows.ts";

const WIDTH = 300;
const GAP = 1;

interface Properties {
  /** The earliest first, without gaps. */
  readonly days: readonly Day[];
  readonly height: number;
  /** What is drawn, in words; absent where the words stand beside it. */
  readonly label?: string;
}

/** Sessions of each day as bars; the lower part of a bar are those with a loop. */
export function DayBars({ days, height, label }: Properties) {
  const most = Math.max(1, ...days.map(({ sessions }) => sessions));
  const step = WIDTH / Math.max(1, days.length);
  const tall = (sessions: number) => (sessions / most) * (height - 1);
  return (
    <svg
      class="bars"
      viewBox={`0 0 ${WIDTH} ${height}`}
      style={{ height: `${height}px` }}
      preserveAspectRatio="none"
      role={label === undefined ? undefined : "img"}
      aria-label={label}
      aria-hidden={label === undefined}
    >
      {days.map(({ day, sessions, looping }, at) => {
        const place = { x: at * step + GAP / 2, width: Math.max(0.5, step - GAP) };
        return (
          <g key={day}>
            <rect {...place} y={height - tall(sessions)} height={tall(sessions)} class="all" />
            <rect {...place} y={height - tall(looping)} height={tall(looping)} class="looping" />
          </g>
        );
      })}
      <line x1="0" x2={WIDTH} y1={height - 0.5} y2={height - 0.5} />
    </svg>
  );
}
