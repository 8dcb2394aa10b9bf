import { useEffect, useRef } from "preact/hooks";
import { lookOf } from "../../parts/regime.tsx";
import { useWidth } from "../../parts/width.ts";
import type { Step } from "../../server/answers.ts";
import { type Loop, nameOf } from "../trace/loops.ts";

const HEIGHT = 40;
const MAX_CELL = 24;
const LETTER_FROM = 13;
/** The graver the regime, the taller its step: colour never stands alone. */
const HEIGHTS = [0.5, 0.75, 1] as const;

interface Properties {
  readonly steps: readonly Step[];
  readonly loops: readonly Loop[];
  /** Places of the steps at which the session began anew. */
  readonly beginnings: readonly number[];
  /** Place of the cursor among the steps; undefined when nothing is pointed at. */
  readonly cursor: number | undefined;
  readonly onCursor: (at: number | undefined) => void;
  readonly onPick: (at: number) => void;
  /** Of the longest strip that has one measure with this one; its own where it is left out. */
  readonly most?: number;
}

/** Every step of the session from left to right, loops as brackets above. */
export function Strip(properties: Properties) {
  const { steps, loops, beginnings, cursor: pointed, onCursor, onPick } = properties;
  const most = properties.most ?? steps.length;
  // Beside a longer one the cursor may stand behind the end.
  const cursor = pointed !== undefined && pointed < steps.length ? pointed : undefined;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [box, width] = useWidth();
  useEffect(() => {
    if (canvas.current) draw(canvas.current, steps, width, most);
  }, [steps, width, most]);
  const cell = Math.min(MAX_CELL, width / Math.max(1, most));
  const placeAt = (event: MouseEvent) => {
    const left = box.current?.getBoundingClientRect().left ?? 0;
    const at = Math.floor((event.clientX - left) / cell);
    return at >= 0 && at < steps.length ? at : undefined;
  };
  const last = steps.length - 1;
  const step = steps[cursor ?? last];
  const onKeyDown = (event: KeyboardEvent) => {
    const at = moved(event.key, cursor ?? last, last);
    if (event.key === "Enter") onPick(cursor ?? last);
    if (at === undefined) return;
    event.preventDefault();
    onCursor(at);
  };
  return (
    <div
      ref={box}
      class="strip"
      role="slider"
      tabIndex={0}
      aria-label="Steps by regime"
      aria-valuemin={1}
      aria-valuemax={Math.max(1, steps.length)}
      aria-valuenow={(cursor ?? last) + 1}
      aria-valuetext={
        step && `step ${(cursor ?? last) + 1}, ${lookOf(step.regime).word}, ${step.tier}`
      }
      onMouseMove={(event) => onCursor(placeAt(event))}
      onMouseLeave={() => onCursor(undefined)}
      onClick={(event) => onPick(placeAt(event) ?? last)}
      onKeyDown={onKeyDown}
    >
      {loops.map((loop) => (
        <Bracket key={loop.from} loop={loop} cell={cell} width={width} />
      ))}
      <canvas ref={canvas} />
      {beginnings.map((at) => (
        <div
          key={at}
          class="beginning"
          title={`began anew at step ${at + 1}`}
          style={{ left: `${at * cell - 1}px` }}
        />
      ))}
      {cursor !== undefined && <div class="mark" style={{ left: `${(cursor + 0.5) * cell}px` }} />}
    </div>
  );
}

interface BracketProperties {
  readonly loop: Loop;
  readonly cell: number;
  readonly width: number;
}

function Bracket({ loop, cell, width }: BracketProperties) {
  const left = loop.from * cell;
  const length = Math.min(width - left, (loop.to - loop.from + 1) * cell);
  return (
    <div
      class={loop.isHard ? "bracket" : "bracket soft"}
      style={{ left: `${left}px`, width: `${length}px` }}
    >
      <span>{nameOf(loop)}</span>
    </div>
  );
}

function moved(key: string, at: number, last: number): number | undefined {
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last }[key];
  return to === undefined ? undefined : Math.max(0, Math.min(last, to));
}

/** Where there are more steps than pixels, the gravest step of a pixel is drawn. */
function draw(
  canvas: HTMLCanvasElement,
  steps: readonly Step[],
  width: number,
  most: number,
): void {
  const ratio = devicePixelRatio;
  canvas.width = width * ratio;
  canvas.height = HEIGHT * ratio;
  const paint = canvas.getContext("2d");
  if (paint === null || width === 0) return;
  paint.scale(ratio, ratio);
  paint.font = "600 11px system-ui, sans-serif";
  paint.textAlign = "center";
  const cell = Math.min(MAX_CELL, width / Math.max(1, most));
  const perPixel = Math.max(1, Math.floor(1 / cell));
  for (let at = 0; at < steps.length; at += perPixel) {
    const { letter, gravity } = gravest(steps, at, at + perPixel);
    const height = HEIGHT * HEIGHTS[gravity];
    paint.fillStyle = colourOf(letter);
    const gap = cell > 4 ? 1 : 0;
    // Whole pixels: steps that share one would be drawn paler than others.
    const [left, right] = [Math.round(at * cell), Math.round((at + perPixel) * cell)];
    paint.fillRect(left, HEIGHT - height, Math.max(1, right - left - gap), height);
    if (cell < LETTER_FROM) continue;
    paint.fillStyle = "#fff";
    paint.fillText(letter, (at + 0.5) * cell - gap / 2, HEIGHT - 6);
  }
}

function gravest(steps: readonly Step[], from: number, to: number) {
  let found = lookOf(steps[from]?.regime ?? "");
  for (let at = from + 1; at < Math.min(to, steps.length); at++) {
    const look = lookOf(steps[at]?.regime ?? "");
    if (look.gravity > found.gravity) found = look;
  }
  return found;
}

const colours = new Map<string, string>();

/** The colour that the sheet gives a regime. */
function colourOf(letter: string): string {
  const known = colours.get(letter);
  if (known !== undefined) return known;
  const probe = document.body.appendChild(document.createElement("i"));
  probe.className = `r-${letter}`;
  const colour = getComputedStyle(probe).getPropertyValue("--regime") || "#6b7280";
  probe.remove();
  colours.set(letter, colour);
  return colour;
}
