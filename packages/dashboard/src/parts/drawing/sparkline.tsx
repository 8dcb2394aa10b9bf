const WIDTH = 100;
const HEIGHT = 20;

/** The last values of a score from 0 to 1 as a line; the newest is at the right. */
export function Sparkline({ values }: { readonly values: readonly number[] }) {
  // A single value is a level line.
  const shown = values.length === 1 ? [...values, ...values] : values;
  const step = WIDTH / Math.max(1, shown.length - 1);
  const points = shown.map((value, index) => `${index * step},${(1 - value) * (HEIGHT - 2) + 1}`);
  return (
    <svg
      class="spark"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <polyline points={points.join(" ")} />
    </svg>
  );
}
