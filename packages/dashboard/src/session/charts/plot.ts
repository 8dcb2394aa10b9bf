/** Draws one number over the steps. Positions are in CSS pixels. */

export const HEIGHT = 120;
const LEFT = 50;
const RIGHT = 8;
const TOP = 8;
const BOTTOM = 20;
const LABEL_EVERY = 90;

/** What is drawn. */
export interface Plotted {
  /** By step, the first at 0; NaN where it is not known, which leaves a gap. */
  readonly values: readonly number[];
  /** Where lines stand and are labelled; the scale ends at the last one. */
  readonly ticks: readonly number[];
  readonly write: (value: number) => string;
  /** First and last step of each loop; they are shaded. */
  readonly shaded: readonly { readonly from: number; readonly to: number }[];
}

/** Colours of the scheme that stands. */
export interface Ink {
  readonly line: string;
  readonly quiet: string;
  readonly grid: string;
  readonly shade: string;
}

/** Ticks from 0 to at least the largest value, three or four of them, at round numbers. */
export function ticksFor(values: readonly number[]): readonly number[] {
  const most = values.at(-1) || 1;
  const rough = most / 3;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((times) => times * unit >= rough) ?? 10) * unit;
  return Array.from({ length: Math.ceil(most / step) + 1 }, (_, at) => at * step);
}

export function xOf(at: number, count: number, width: number): number {
  return LEFT + (at * (width - LEFT - RIGHT)) / Math.max(1, count - 1);
}

/** The step nearest to a position. */
export function stepAt(x: number, count: number, width: number): number {
  const at = Math.round(((x - LEFT) * Math.max(1, count - 1)) / (width - LEFT - RIGHT));
  return Math.max(0, Math.min(count - 1, at));
}

export function yOf(value: number, ticks: readonly number[]): number {
  return HEIGHT - BOTTOM - (value / (ticks.at(-1) || 1)) * (HEIGHT - TOP - BOTTOM);
}

export function plot(canvas: HTMLCanvasElement, plotted: Plotted, width: number, ink: Ink): void {
  const ratio = devicePixelRatio;
  canvas.width = width * ratio;
  canvas.height = HEIGHT * ratio;
  const paint = canvas.getContext("2d");
  if (paint === null || width === 0) return;
  paint.scale(ratio, ratio);
  paint.font = "11px system-ui, sans-serif";
  drawGround(paint, plotted, width, ink);
  drawLine(paint, plotted, width, ink);
}

function drawGround(
  paint: CanvasRenderingContext2D,
  { values, ticks, write, shaded }: Plotted,
  width: number,
  ink: Ink,
): void {
  const count = values.length;
  paint.fillStyle = ink.shade;
  for (const { from, to } of shaded) {
    const left = xOf(from, count, width);
    paint.fillRect(left, TOP, Math.max(2, xOf(to, count, width) - left), HEIGHT - TOP - BOTTOM);
  }
  paint.strokeStyle = ink.grid;
  paint.fillStyle = ink.quiet;
  paint.textAlign = "right";
  for (const tick of ticks) {
    const y = Math.round(yOf(tick, ticks)) + 0.5;
    paint.beginPath();
    paint.moveTo(LEFT, y);
    paint.lineTo(width - RIGHT, y);
    paint.stroke();
    paint.fillText(write(tick), LEFT - 6, y + 3.5);
  }
  paint.textAlign = "center";
  const labels = Math.min(count, Math.max(2, Math.floor((width - LEFT) / LABEL_EVERY)));
  for (let label = 0; label < labels; label++) {
    const at = Math.round((label * (count - 1)) / Math.max(1, labels - 1));
    const x = Math.min(xOf(at, count, width), width - 14);
    paint.fillText(String(at + 1), x, HEIGHT - 5);
  }
}

/** Where there are more steps than pixels, each pixel shows the smallest and the largest value. */
function drawLine(
  paint: CanvasRenderingContext2D,
  { values, ticks }: Plotted,
  width: number,
  ink: Ink,
): void {
  const count = values.length;
  const perPixel = Math.max(1, Math.floor(count / width));
  paint.strokeStyle = ink.line;
  paint.lineWidth = 1.5;
  paint.lineJoin = "round";
  paint.beginPath();
  for (let from = 0; from < count; from += perPixel) {
    const x = xOf(from, count, width);
    let [low, high] = [values[from] ?? 0, values[from] ?? 0];
    for (let at = from + 1; at < Math.min(count, from + perPixel); at++) {
      low = Math.min(low, values[at] ?? low);
      high = Math.max(high, values[at] ?? high);
    }
    // A canvas ignores what is no number, so a gap must be jumped over.
    if (from > 0 && Number.isNaN(values[from - 1])) paint.moveTo(x, yOf(high, ticks));
    paint.lineTo(x, yOf(high, ticks));
    if (low !== high) paint.lineTo(x, yOf(low, ticks));
  }
  // A single step has no line: a dot shows it.
  if (count === 1) paint.arc(LEFT, yOf(values[0] ?? 0, ticks), 2, 0, 7);
  paint.stroke();
}
