/** The text format of Prometheus, version 0.0.4. */

type Labels = Readonly<Record<string, string>>;
export type MetricSample = readonly [value: number, labels?: Labels];

/** A counter's name ends with `_total`, and a unit is the last word before it. */
export function family(
  name: string,
  type: "counter" | "gauge",
  text: string,
  samples: Iterable<MetricSample>,
): readonly string[] {
  const lines = Array.from(samples, ([value, labels]) => `${name}${labelsOf(labels)} ${value}`);
  return [...help(name, type, text), ...lines];
}

function labelsOf(labels: Labels = {}): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}=${quoted(value)}`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function quoted(value: string): string {
  const escaped = value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
  return `"${escaped}"`;
}

function help(name: string, type: string, text: string): readonly string[] {
  return [`# HELP ${name} ${text}`, `# TYPE ${name} ${type}`];
}

/** How values are spread, by upper bounds. */
export class Histogram {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  /** @param bounds rising, in the unit of the values */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Array<number>(bounds.length + 1).fill(0);
  }

  observe(value: number): void {
    const at = this.#bounds.findIndex((bound) => value <= bound);
    const bucket = at < 0 ? this.#bounds.length : at;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#sum += value;
  }

  format(name: string, text: string): readonly string[] {
    let total = 0;
    const lines = this.#counts.map((count, at) => {
      total += count;
      return `${name}_bucket{le="${this.#bounds[at] ?? "+Inf"}"} ${total}`;
    });
    const sums = [`${name}_sum ${this.#sum}`, `${name}_count ${total}`];
    return [...help(name, "histogram", text), ...lines, ...sums];
  }
}
