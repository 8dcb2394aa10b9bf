/** Numbers about the collector, in the text format of Prometheus; no name of any tenant. */
import { VERSION } from "@caum/core";
import type { EmissionTally } from "@caum/emitter";
import type { Attempts } from "../../alerts/deliverer.ts";
import { SENDER_LINKS, type SenderLink } from "../../ingest/sender-chain.ts";
import type { ReplicaStatus, Store } from "../../store/store.ts";
import type { WitnessStatus } from "../../submission/witness-lane.ts";
import { family, Histogram, type MetricSample } from "./exposition.ts";
import { IntakeCounts } from "./intake-counts.ts";
import { SessionCounts } from "./session-counts.ts";

const ANSWER_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5];

// One count for each of the list it is made from.
type LinkTotals = Record<SenderLink, number>;

export interface MetricsParts {
  readonly nowMs: number;
  /** What became of spans and records that are emitted; nothing is where it is absent. */
  readonly emission?: (() => EmissionTally) | undefined;
  /** Those that this node asks. */
  readonly witnesses?: () => readonly WitnessStatus[];
  readonly intakes?: IntakeCounts;
  readonly sessions?: SessionCounts;
}

/** What counts by itself and is asked when somebody looks. */
export interface Measured {
  readonly store: Pick<Store, "status">;
  readonly attempts: Attempts;
  /** Alerts that this node began to bring out. */
  readonly alertsBegun: number;
  readonly nowMs: number;
}

export class Metrics {
  readonly #requests = new Map<string, number>();
  readonly #answers = new Histogram(ANSWER_SECONDS);
  readonly #telemetry = new Map<string, number>();
  readonly #links = Object.fromEntries(SENDER_LINKS.map((link) => [link, 0])) as LinkTotals;
  readonly #parts: MetricsParts;
  readonly #intakes: IntakeCounts;
  readonly #sessions: SessionCounts;

  constructor(parts: MetricsParts) {
    this.#parts = parts;
    this.#intakes = parts.intakes ?? new IntakeCounts();
    this.#sessions = parts.sessions ?? new SessionCounts();
  }

  linked(link: SenderLink): void {
    this.#links[link] += 1;
  }

  /** @param route the pattern of the path, never the path itself */
  answered(method: string, route: string, status: number, seconds: number): void {
    add(this.#requests, { method, route, status: String(status) }, 1);
    this.#answers.observe(seconds);
  }

  /** What OpenTelemetry told: calls and turns, and spans or log records that no reader knows. */
  telemetryRead(signal: "traces" | "logs", told: number, notUnderstood: number): void {
    for (const [outcome, count] of Object.entries({ told, not_understood: notUnderstood })) {
      add(this.#telemetry, { signal, outcome }, count);
    }
  }

  format({ store, attempts, alertsBegun, nowMs }: Measured): string {
    const { waiting, walBytes, replica } = store.status();
    const uptime = Math.floor((nowMs - this.#parts.nowMs) / 1_000);
    return [
      ...family("caum_build_info", "gauge", "Version of the collector.", [
        [1, { version: VERSION }],
      ]),
      ...family("caum_requests_total", "counter", "Requests answered.", samplesOf(this.#requests)),
      ...this.#answers.format("caum_answer_seconds", "Time to the answer."),
      ...this.#intakes.format(),
      ...this.#sessions.format(),
      ...family("caum_store_waiting", "gauge", "Jobs that wait for the disk.", [[waiting]]),
      ...family("caum_store_wal_bytes", "gauge", "Size of the write-ahead log.", [[walBytes]]),
      ...(replica === undefined ? [] : replicaFamilies(replica)),
      ...family("caum_alerts_total", "counter", "Alerts that began to be delivered.", [
        [alertsBegun],
      ]),
      ...family(
        "caum_alert_attempts_total",
        "counter",
        "Attempts to deliver an alert.",
        byLabel("outcome", attempts),
      ),
      ...family(
        "caum_sender_links_total",
        "counter",
        "Events by what their previousHash came to.",
        byLabel("link", this.#links),
      ),
      ...family(
        "caum_telemetry_total",
        "counter",
        "Calls and turns that OpenTelemetry told of.",
        samplesOf(this.#telemetry),
      ),
      ...this.#emitted(),
      ...this.#witnessed(),
      ...family("caum_memory_bytes", "gauge", "Resident memory.", [[process.memoryUsage.rss()]]),
      ...family("caum_uptime_seconds", "gauge", "Time since the start.", [[uptime]]),
      "",
    ].join("\n");
  }

  #emitted(): readonly string[] {
    const { emission } = this.#parts;
    if (emission === undefined) return [];
    const text = "Spans emitted, and what could not be.";
    return family("caum_emitted_total", "counter", text, byLabel("outcome", emission()));
  }

  #witnessed(): readonly string[] {
    const all = this.#parts.witnesses?.() ?? [];
    if (all.length === 0) return [];
    const requests = all.flatMap(({ name: witness, requests: asked }) =>
      byLabel("outcome", asked).map(
        ([count, labels]): MetricSample => [count, { witness, ...labels }],
      ),
    );
    const seen = all.flatMap(({ name: witness, cosignedMs }): readonly MetricSample[] =>
      cosignedMs === undefined ? [] : [[Math.floor(cosignedMs / 1_000), { witness }]],
    );
    return [
      ...family("caum_witness_requests_total", "counter", "Submissions to witnesses.", requests),
      ...family("caum_witness_cosigned_seconds", "gauge", "When a witness cosigned last.", seen),
    ];
  }
}

function replicaFamilies({ isUsed, behindMs, fallbacks }: ReplicaStatus): readonly string[] {
  const behind: readonly MetricSample[] = behindMs === undefined ? [] : [[behindMs / 1_000]];
  const told = "Reads that the primary did in place of the read database.";
  return [
    ...family("caum_read_database_used", "gauge", "Whether the read database is read.", [
      [isUsed ? 1 : 0],
    ]),
    ...family("caum_read_database_behind_seconds", "gauge", "How far it is behind.", behind),
    ...family("caum_read_database_fallbacks_total", "counter", told, [[fallbacks]]),
  ];
}

function byLabel(label: string, counts: object): readonly MetricSample[] {
  return Object.entries(counts).map(([name, count]) => [count, { [label]: name }]);
}

function add(
  counts: Map<string, number>,
  labels: Readonly<Record<string, string>>,
  count: number,
): void {
  const key = JSON.stringify(labels);
  counts.set(key, (counts.get(key) ?? 0) + count);
}

function samplesOf(counts: ReadonlyMap<string, number>): readonly MetricSample[] {
  // Each key is the labels that `add` was given.
  return Array.from(counts, ([key, count]) => [count, JSON.parse(key)]);
}
