import { useEffect, useRef } from "preact/hooks";
import { count, share } from "../../parts/format.ts";
import { useScheme } from "../../parts/scheme.ts";
import { useWidth } from "../../parts/width.ts";
import { type Lane, lanesOf } from "../trace/lanes.ts";
import type { Trace } from "../trace/trace.ts";

const HEIGHT = 14;
/** As wide as a step of the strip at most. */
const MAX_CELL = 24;
const SHOWN = 12;

/** Which servers and sub-agents the steps belong to, below the strip and in its measure. */
export function Lanes({ trace }: { readonly trace: Trace }) {
  const lanes = lanesOf(trace);
  // One lane that holds everything says nothing.
  if (lanes.length === 0 || (lanes.length === 1 && lanes[0]?.at.length === trace.steps.length)) {
    return null;
  }
  const shown = lanes.slice(0, SHOWN);
  return (
    <section class="lanes" aria-label="Servers and sub-agents">
      <ul class="plain-list">
        {shown.map((lane) => (
          <li key={`${lane.kind} ${lane.name}`}>
            <Drawn lane={lane} steps={trace.steps.length} />
          </li>
        ))}
      </ul>
      <p class="quiet">
        Each mark is a step of the server or sub-agent.
        {lanes.length > SHOWN && ` ${count(lanes.length - SHOWN)} more are not drawn.`}
      </p>
    </section>
  );
}

function Drawn({ lane, steps }: { readonly lane: Lane; readonly steps: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [box, width] = useWidth();
  const scheme = useScheme();
  useEffect(() => {
    if (canvas.current) draw(canvas.current, lane.at, steps, width);
  }, [lane, steps, width, scheme]);
  const words = `${count(lane.at.length)} of ${count(steps)} steps, ${share(lane.at.length, steps)}`;
  return (
    <>
      <p>
        <span class="quiet">{lane.kind}</span> <bdi>{lane.name}</bdi>{" "}
        <span class="quiet">{words}</span>
      </p>
      <div ref={box} class="lane" role="img" aria-label={`${lane.kind} ${lane.name}: ${words}`}>
        <canvas ref={canvas} />
      </div>
    </>
  );
}

function draw(
  canvas: HTMLCanvasElement,
  places: readonly number[],
  steps: number,
  width: number,
): void {
  const ratio = devicePixelRatio;
  canvas.width = width * ratio;
  canvas.height = HEIGHT * ratio;
  const paint = canvas.getContext("2d");
  if (paint === null || width === 0) return;
  paint.scale(ratio, ratio);
  canvas.style.color = "var(--accent)";
  paint.fillStyle = getComputedStyle(canvas).color;
  const cell = Math.min(MAX_CELL, width / Math.max(1, steps));
  const gap = cell > 4 ? 1 : 0;
  for (const at of places) {
    paint.fillRect(Math.round(at * cell), 2, Math.max(1, Math.round(cell - gap)), HEIGHT - 4);
  }
}
