import { createRequire } from "node:module";
import { homedir } from "node:os";
import type { PriceTable } from "../capture/price-table.ts";
import type { Layer, View } from "../capture/record.ts";
import { createObserver, type Observer } from "../observer.ts";
import type { ObserverOptions } from "../observer-options.ts";
import { loadConfiguration } from "../report/settings/configuration.ts";
import type { Verdict } from "../session.ts";
import { CallMerger } from "./call-merger.ts";
import { tellOnce } from "./process/process-registry.ts";

/** What a user may say to any adapter; all of it optional. */
export interface AdapterOptions
  extends Pick<
    ObserverOptions,
    "agentId" | "agentVersion" | "home" | "env" | "hashNames" | "upstream" | "waitUntil"
  > {
  /** Report to this observer instead of one made from the other options. */
  readonly observer?: Observer | undefined;
  /** The session of what neither the host nor `withSession` names; `CAUM_SESSION_ID` when absent. */
  readonly session?: string | undefined;
  /** Prices of models that come before the built-in ones. */
  readonly prices?: PriceTable | undefined;
  /** Told after every event. Whatever it does or throws, the agent does not notice. */
  readonly onVerdict?: ((verdict: Verdict, sessionId: string) => void) | undefined;
  /** Told once per kind of blindness or trouble. */
  readonly onDiagnostic?: ((diagnostic: Diagnostic) => void) | undefined;
  /** No line at the start; `CAUM_QUIET=1` does the same. */
  readonly quiet?: boolean | undefined;
}

/** Something the adapter cannot see or do; the agent is not affected by it. */
export interface Diagnostic {
  readonly code: string;
  readonly message: string;
}

/** What an adapter is. */
export interface AdapterIdentity {
  readonly writer: string;
  readonly writerVersion: string;
  readonly layer: Layer;
  readonly view: View;
  readonly sourceFramework: string;
  readonly host?: TestedHost | undefined;
}

/** The releases of a host that an adapter is tested with, as its peer range says: `>=from <below`. */
export interface TestedHost {
  readonly name: string;
  readonly from: string;
  readonly below: string;
}

/** Calls given up without a single outcome, after which an adapter calls itself blind. */
const BLIND_AFTER = 5;

/** One adapter at work: an observer, the merging of its calls, and what it has to say of itself. */
export class Adapter {
  readonly observer: Observer;
  readonly calls: CallMerger;
  readonly options: AdapterOptions;
  readonly #host: TestedHost | undefined;
  readonly #told = new Set<string>();
  /** Blindness that no run speaks of yet. */
  #unrecorded: string[] = [];
  #failures = 0;

  constructor(identity: AdapterIdentity, options: AdapterOptions = {}) {
    const { observer, onVerdict, onDiagnostic, prices, quiet, session, ...rest } = options;
    const { home, env = process.env, upstream } = options;
    const settings = loadConfiguration({ arguments: { ...(upstream || {}), home }, env });
    this.options = { ...options, session: session ?? settings.sessionId };
    this.#host = identity.host;
    this.observer =
      observer ??
      createObserver({ ...identity, ...rest, onProblem: (problem) => this.tell(problem) });
    this.calls = new CallMerger({
      sink: this.observer,
      layer: identity.layer,
      prices,
      onVerdict: (verdict, session) => this.#afterEvent(verdict, session),
      onFailure: () => this.failed(),
    });
    const collector = observer || upstream === false ? undefined : settings.url;
    this.fenced(() => this.#sayHello(identity.sourceFramework, collector));
  }

  /** Failures of ours that were kept from the host. */
  get failures(): number {
    return this.#failures;
  }

  /** Runs something of ours inside the host: whatever it throws stays here. */
  fenced(work: () => void): void {
    try {
      work();
    } catch {
      this.failed();
    }
  }

  failed(): void {
    this.#failures += 1;
  }

  /** Says once what the adapter cannot see: to `onDiagnostic`, and in the next run it writes. */
  blind(diagnostic: Diagnostic): void {
    if (this.#told.has(diagnostic.code)) return;
    this.#unrecorded.push(diagnostic.code);
    this.tell(diagnostic);
  }

  /** Says once that this release of the host is outside of the range that is tested. */
  hostIs(version: string | undefined): void {
    const host = this.#host;
    if (!host || version === undefined || isTested(version, host)) return;
    const { name, from, below } = host;
    const message = `${name} ${version} is untested: this adapter is tested from ${from} to below ${below}`;
    this.blind({ code: "host_version_untested", message });
  }

  /** Says something once to `onDiagnostic`. */
  tell(diagnostic: Diagnostic): void {
    if (this.#told.has(diagnostic.code)) return;
    this.#told.add(diagnostic.code);
    this.fenced(() => this.options.onDiagnostic?.(diagnostic));
  }

  /** Closes what is open, and the runs. */
  async close(): Promise<void> {
    this.calls.close();
    await this.observer.close();
  }

  #afterEvent(verdict: Verdict, session: string): void {
    const { outcomes, givenUp } = this.calls.seen;
    if (outcomes === 0 && givenUp >= BLIND_AFTER) {
      const message = `${givenUp} tool calls were requested and none had an outcome`;
      this.blind({ code: "no_outcomes_seen", message });
    }
    const unrecorded = this.#unrecorded;
    this.#unrecorded = [];
    for (const subject of unrecorded) {
      const change = { kind: "environment", change: "adapter_blind", subject } as const;
      this.observer.session(session).observe(change);
    }
    this.fenced(() => this.options.onVerdict?.(verdict, session));
  }

  /** The one line on the console: where the verdicts are. On stderr, once per process. */
  #sayHello(host: string, collector: string | undefined): void {
    const quiet = this.options.quiet ?? isSet((this.options.env ?? process.env).CAUM_QUIET);
    if (quiet || !tellOnce("start line")) return;
    const place = collector ?? `${this.observer.home.replace(homedir(), "~")}/runs`;
    process.stderr.write(`caum: observing ${host}; verdicts: ${place} (no line: CAUM_QUIET=1)\n`);
  }
}

/**
 * The version of a package as code of that module would load it; undefined where there is none, or
 * where a bundler has put it elsewhere.
 */
export function installedVersion(name: string, module: string): string | undefined {
  try {
    // What comes from a file is unknown until it is looked at.
    const { version } = createRequire(module)(`${name}/package.json`) as { version?: unknown };
    return typeof version === "string" ? version : undefined;
  } catch {
    return undefined;
  }
}

function isTested(version: string, { from, below }: TestedHost): boolean {
  return compareVersions(version, from) >= 0 && compareVersions(version, below) < 0;
}

/** By the three numbers; what stands behind them is as good as the release it leads to. */
function compareVersions(one: string, other: string): number {
  const [left, right] = [one, other].map((text) => text.split(/[.+-]/u).slice(0, 3).map(Number));
  const at = left?.findIndex((part, index) => part !== right?.[index]) ?? -1;
  return at === -1 ? 0 : (left?.[at] ?? 0) - (right?.[at] ?? 0);
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "" && value !== "0";
}
