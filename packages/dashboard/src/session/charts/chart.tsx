import { useEffect, useRef } from "preact/hooks";
import { useScheme } from "../../parts/scheme.ts";
import { useWidth } from "../../parts/width.ts";
import { type Ink, type Plotted, plot, stepAt, ticksFor, xOf, yOf } from "./plot.ts";

interface Properties extends Pick<Plotted, "values" | "write" | "shaded"> {
  readonly title: string;
  /** What the chart shows, in a sentence. */
  readonly words: string;
  /** Fixed lines; round numbers when absent. */
  readonly ticks?: readonly number[];
  readonly cursor: number | undefined;
  readonly onCursor: (at: number | undefined) => void;
}

/** One number over the steps, with the cursor that all charts share. */
export function Chart({
  title,
  words,
  values,
  write,
  shaded,
  ticks: fixed,
  cursor,
  onCursor,
}: Properties) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [box, width] = useWidth();
  const scheme = useScheme();
  const ticks = fixed ?? ticksFor(values);
  useEffect(() => {
    if (canvas.current)
      plot(canvas.current, { values, write, shaded, ticks }, width, inkOf(canvas.current));
  }, [values, shaded, width, scheme]);
  const at = cursor ?? values.length - 1;
  const value = values[at];
  return (
    <figure class="panel">
      <h2>
        {title} <span class="mono">{shownValue(value, write)}</span>
      </h2>
      <div
        ref={box}
        class="chart"
        role="img"
        aria-label={`${title} over ${values.length} steps`}
        onMouseMove={(event) => onCursor(stepAt(event.offsetX, values.length, width))}
      >
        <canvas ref={canvas} />
        {cursor !== undefined && value !== undefined && !Number.isNaN(value) && (
          <div class="mark" style={{ left: `${xOf(at, values.length, width)}px` }}>
            <i style={{ top: `${yOf(value, ticks) - 3}px` }} />
          </div>
        )}
      </div>
      <figcaption class="quiet">
        {words}
        {shaded.length > 0 && (
          <>
            {" "}
            <i class="swatch shade" />
            in a loop
          </>
        )}
      </figcaption>
    </figure>
  );
}

function shownValue(value: number | undefined, write: Plotted["write"]): string {
  if (value === undefined) return "";
  return Number.isNaN(value) ? "not known" : write(value);
}

/** The colours of the sheet, as a canvas needs them. */
function inkOf(canvas: HTMLCanvasElement): Ink {
  const colourOf = (name: string) => {
    canvas.style.color = `var(--${name})`;
    return getComputedStyle(canvas).color;
  };
  return {
    line: colourOf("accent"),
    quiet: colourOf("quiet"),
    grid: colourOf("line"),
    shade: colourOf("bad-ground"),
  };
}
