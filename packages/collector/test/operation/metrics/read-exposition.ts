/** Reads the text format of Prometheus as strictly as its documents describe it, and by its conventions. */
export interface Family {
  readonly type: string;
  readonly text: string;
  /** By the name of the sample and its labels, as they stand. */
  readonly samples: ReadonlyMap<string, number>;
  readonly labels: ReadonlySet<string>;
}

const HELP = /^# HELP ([a-z_]+) (\S.*\.)$/;
const TYPE = /^# TYPE ([a-z_]+) (counter|gauge|histogram)$/;
const SAMPLE =
  /^([a-z_]+)(\{((?:[a-z_]+="(?:[^"\\\n]|\\[\\"n])*",?)+)\})? (\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/;

/** @throws {Error} naming the line that is not understood, or breaks a convention */
export function readExposition(text: string): ReadonlyMap<string, Family> {
  if (!text.endsWith("\n") || text.endsWith("\n\n")) throw new Error("the last line has no end");
  const families = new Map<string, Family>();
  const lines = text.slice(0, -1).split("\n");
  for (let at = 0; at < lines.length; ) {
    const [, name = "", about = ""] = HELP.exec(lines[at] ?? "") ?? [];
    const [, typed, type = ""] = TYPE.exec(lines[at + 1] ?? "") ?? [];
    if (name === "" || typed !== name || families.has(name)) throw new Error(lines[at]);
    if ((type === "counter") !== name.endsWith("_total")) throw new Error(`${name} is a ${type}`);
    const samples = new Map<string, number>();
    const labels = new Set<string>();
    for (at += 2; at < lines.length && !lines[at]?.startsWith("#"); at++) {
      const [, sample = "", , inner = "", value] = SAMPLE.exec(lines[at] ?? "") ?? [];
      const [, suffix] = /^(_bucket|_sum|_count)?$/.exec(sample.slice(name.length)) ?? [];
      const isHistogram = suffix !== undefined;
      if (!sample.startsWith(name) || isHistogram !== (type === "histogram")) {
        throw new Error(lines[at]);
      }
      const key = `${sample}{${inner}}`;
      if (samples.has(key)) throw new Error(`twice: ${key}`);
      samples.set(key, Number(value));
      for (const [, label = ""] of inner.matchAll(/([a-z_]+)="/g)) labels.add(label);
    }
    if (type === "histogram") checkHistogram(name, samples);
    families.set(name, { type, text: about, samples, labels });
  }
  return families;
}

/** Buckets only grow, and the last one has all. */
function checkHistogram(name: string, samples: ReadonlyMap<string, number>): void {
  const buckets = [...samples].filter(([key]) => key.startsWith(`${name}_bucket{le="`));
  const counts = buckets.map(([, count]) => count);
  const isRising = counts.every((count, at) => at === 0 || count >= (counts[at - 1] ?? 0));
  const all = samples.get(`${name}_bucket{le="+Inf"}`);
  if (!isRising || all !== samples.get(`${name}_count{}`))
    throw new Error(`${name} does not add up`);
}
