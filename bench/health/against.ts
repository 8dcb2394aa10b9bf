/** The engine of another built checkout beside ours, in one run, alternating. */
import { Health, type Step } from "@caum/core/health";

export type Engine = Pick<typeof Health, "prototype"> & (new () => Health);

export interface Comparison {
  readonly rows: readonly {
    readonly name: string;
    readonly nsPerEvent: number;
    /** Packed state of a session of 100 events, and of one of 1,000. */
    readonly bytes100: number;
    readonly bytes1000: number;
  }[];
  /** Ours by theirs: of each pair of rounds that ran side by side, the median. */
  readonly ratio: number;
}

/** Who costs how much and holds how many bytes, a line each, and the ratio. */
export function comparisonText({ rows, ratio }: Comparison): string {
  const lines = rows.map(({ name, nsPerEvent, bytes100, bytes1000 }) => {
    const cost = `${(nsPerEvent / 1_000).toFixed(2)} us an event`;
    return `${name}: ${cost}, ${bytes100} bytes of state after 100 events, ${bytes1000} after 1,000`;
  });
  return [...lines, `one event, ours by the other's: ${ratio.toFixed(2)}x`].join("\n");
}

const ROUNDS = 31;
const SESSION = 200;
/** Sessions of one round. */
const SESSIONS = 25;

export function compare(steps: readonly Step[], theirs: Engine): Comparison {
  const engines = [
    { name: "this checkout", make: Health as Engine, times: [] as number[] },
    { name: "the other", make: theirs, times: [] as number[] },
  ] as const;
  const [ours, other] = engines;
  for (let round = -3; round < ROUNDS; round++) {
    // Who comes first alternates, too: what the first one leaves behind is the other's load.
    const order = round % 2 === 0 ? engines : [other, ours];
    for (const engine of order) {
      const ns = timeOf(engine.make, steps, Math.max(0, round));
      if (round >= 0) engine.times.push(ns);
    }
  }
  return {
    rows: engines.map(({ name, make, times }) => ({
      name,
      nsPerEvent: median(times),
      bytes100: bytesAfter(make, steps, 100),
      bytes1000: bytesAfter(make, steps, 1_000),
    })),
    ratio: median(ours.times.map((ns, round) => ns / (other.times[round] ?? Number.NaN))),
  };
}

function timeOf(Engine: Engine, steps: readonly Step[], round: number): number {
  const from = (round * SESSIONS * SESSION) % steps.length;
  const before = process.hrtime.bigint();
  for (let session = 0; session < SESSIONS; session++) {
    const health = new Engine();
    for (let index = 0; index < SESSION; index++) {
      const step = steps[(from + session * SESSION + index) % steps.length];
      if (step !== undefined) health.observe(step);
    }
  }
  return Number(process.hrtime.bigint() - before) / (SESSIONS * SESSION);
}

function bytesAfter(Engine: Engine, steps: readonly Step[], events: number): number {
  const health = new Engine();
  for (let index = 0; index < events; index++) {
    const step = steps[index % steps.length];
    if (step !== undefined) health.observe(step);
  }
  return health.save().byteLength;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
