/** Numbers about the collector itself, in the text format of Prometheus; no name of any tenant. */
import type { EmissionTally } from "@caum/emitter";
import type { Attempts } from "../alerts/deliverer.ts";
import { SENDER_LINKS, type SenderLink } from "../ingest/sender-chain.ts";
import type { Store } from "../store/store.ts";
import type { WitnessStatus } from "../submission/witness-lane.ts";

/** Upper bounds of the answer times, in seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

// One count for each of the list it is made from.
type LinkTotals = Record<SenderLink, number>;

export class Metrics {
  readonly #requests = new Map<string, number>();
  readonly #buckets = new Array<number>(BUCKETS.length + 1).fill(0);
  readonly #telemetry = new Map<string, number>();
  #seconds = 0;
  #count = 0;
  readonly #links = Object.fromEntries(SENDER_LINKS.map((link) => [link, 0])) as LinkTotals;
  readonly #startedMs: number;

  readonly #emission: (() => EmissionTally) | undefined;

  readonly #witnesses: () => readonly WitnessStatus[];

  /**
   * @param emission what became of spans and records that are emitted; nothing is where it is absent
   * @param witnesses those that this node asks
   */
  constructor(
    nowMs: number,
    emission?: () => EmissionTally,
    witnesses: () => readonly WitnessStatus[] = () => [],
  ) {
    this.#startedMs = nowMs;
    this.#emission = emission;
    this.#witnesses = witnesses;
  }

  linked(link: SenderLink): void {
    this.#links[link] += 1;
  }

  /** @param route the pattern of the path, never the path itself */
  answered(method: string, route: string, status: number, seconds: number): void {
    const labels = `method="${method}",route="${route}",status="${status}"`;
    this.#requests.set(labels, (this.#requests.get(labels) ?? 0) + 1);
    const at = BUCKETS.findIndex((bound) => seconds <= bound);
    const bucket = at < 0 ? BUCKETS.length : at;
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
    this.#seconds += seconds;
    this.#count += 1;
  }

  /** What OpenTelemetry told: calls and turns, and spans or log records that no reader knows. */
  telemetryRead(signal: "traces" | "logs", told: number, notUnderstood: number): void {
    for (const [outcome, count] of Object.entries({ told, not_understood: notUnderstood })) {
      const labels = `signal="${signal}",outcome="${outcome}"`;
      this.#telemetry.set(labels, (this.#telemetry.get(labels) ?? 0) + count);
    }
  }

  format(store: Store, attempts: Attempts, nowMs: number): string {
    const { waiting, walBytes } = store.status();
    const memory = process.memoryUsage.rss();
    return [
      ...help("caum_requests_total", "counter", "Requests answered."),
      ...[...this.#requests].map(([labels, count]) => `caum_requests_total{${labels}} ${count}`),
      ...help("caum_answer_seconds", "histogram", "Time to the answer."),
      ...this.#histogram(),
      ...help("caum_store_waiting", "gauge", "Jobs that wait for the disk."),
      `caum_store_waiting ${waiting}`,
      ...help("caum_store_wal_bytes", "gauge", "Size of the write-ahead log."),
      `caum_store_wal_bytes ${walBytes}`,
      ...help("caum_alert_attempts_total", "counter", "Attempts to deliver an alert."),
      ...Object.entries(attempts).map(
        ([outcome, count]) => `caum_alert_attempts_total{outcome="${outcome}"} ${count}`,
      ),
      ...help("caum_sender_links_total", "counter", "Events by what their previousHash came to."),
      ...Object.entries(this.#links).map(
        ([link, count]) => `caum_sender_links_total{link="${link}"} ${count}`,
      ),
      ...help("caum_telemetry_total", "counter", "Calls and turns that OpenTelemetry told of."),
      ...[...this.#telemetry].map(([labels, count]) => `caum_telemetry_total{${labels}} ${count}`),
      ...this.#emitted(),
      ...this.#witnessed(),
      ...help("caum_memory_bytes", "gauge", "Resident memory."),
      `caum_memory_bytes ${memory}`,
      ...help("caum_uptime_seconds", "gauge", "Time since the start."),
      `caum_uptime_seconds ${Math.floor((nowMs - this.#startedMs) / 1_000)}`,
      "",
    ].join("\n");
  }

  #emitted(): readonly string[] {
    if (this.#emission === undefined) return [];
    return [
      ...help("caum_emitted_total", "counter", "Spans emitted, and what could not be."),
      ...Object.entries(this.#emission()).map(
        ([outcome, count]) => `caum_emitted_total{outcome="${outcome}"} ${count}`,
      ),
    ];
  }

  #witnessed(): readonly string[] {
    const all = this.#witnesses();
    if (all.length === 0) return [];
    const seen = all.flatMap(({ name, cosignedMs }) =>
      cosignedMs === undefined ? [] : [{ labels: `witness=${quoted(name)}`, cosignedMs }],
    );
    return [
      ...help("caum_witness_requests_total", "counter", "Submissions to witnesses."),
      ...all.flatMap(({ name, requests }) =>
        Object.entries(requests).map(
          ([outcome, count]) =>
            `caum_witness_requests_total{witness=${quoted(name)},outcome="${outcome}"} ${count}`,
        ),
      ),
      ...help("caum_witness_cosigned_seconds", "gauge", "When a witness cosigned last."),
      ...seen.map(
        ({ labels, cosignedMs }) =>
          `caum_witness_cosigned_seconds{${labels}} ${Math.floor(cosignedMs / 1_000)}`,
      ),
    ];
  }

  #histogram(): readonly string[] {
    let total = 0;
    const lines = this.#buckets.map((count, at) => {
      total += count;
      return `caum_answer_seconds_bucket{le="${BUCKETS[at] ?? "+Inf"}"} ${total}`;
    });
    const sum = `caum_answer_seconds_sum ${this.#seconds}`;
    return [...lines, sum, `caum_answer_seconds_count ${this.#count}`];
  }
}

/** A value of a label, as the format escapes it. */
function quoted(value: string): string {
  return `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

function help(name: string, type: string, text: string): readonly string[] {
  return [`# HELP ${name} ${text}`, `# TYPE ${name} ${type}`];
}
