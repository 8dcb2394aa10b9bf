/** What can be set of a collector. */
import type { AlertOptions } from "./alerts/alerts.ts";
import type { HeadStampOptions } from "./evidence/head-stamps.ts";
import type { DoorError } from "./http/door-error.ts";
import type { OidcOptions } from "./oidc/oidc-settings.ts";
import type { SubmissionOptions } from "./submission/open-submissions.ts";

export interface CollectorOptions extends Omit<SubmissionOptions, "onFailure">, HeadStampOptions {
  /** The data folder; made when it is not there. */
  readonly data: string;
  /** URL of a PostgreSQL database that takes the place of the data folder. */
  readonly database?: string | undefined;
  /** URL of a replica of it, which lists, sums and exports are read from. */
  readonly readDatabase?: string | undefined;
  readonly host?: string | undefined;
  /** 0 takes a free port. */
  readonly port?: number | undefined;
  /** CAUM_HOME, whose local runs are adopted; none when absent. */
  readonly home?: string | undefined;
  /** Take sessions without a key from anywhere, not from this machine only. */
  readonly demo?: boolean | undefined;
  /** Let anybody register, not this machine only. */
  readonly register?: boolean | undefined;
  readonly hashNames?: boolean | undefined;
  /** Events a second and key; 0 for no limit. */
  readonly eventsPerSecond?: number | undefined;
  readonly trialDays?: number | undefined;
  /** Accounts whose trial is over go on all the same. */
  readonly withoutTrials?: boolean | undefined;
  /** Where people reach the collector; its own address when absent. */
  readonly publicUrl?: string | undefined;
  /** The path below which it is reached, such as `/caum`; that of the public URL when absent. */
  readonly basePath?: string | undefined;
  /** Origins whose pages may call the doors from a browser, such as `https://app.example`. */
  readonly allowOrigins?: readonly string[] | undefined;
  /** Where alerts may go, and how they are tried. */
  readonly alerts?: AlertOptions | undefined;
  /**
   * Emit OpenTelemetry: to a URL below which `/v1/traces` is, or with `true` to where the OTEL_*
   * variables say; else nothing.
   */
  readonly otlp?: string | boolean | undefined;
  /** Show hard alerts of the local account on the desktop of this machine. */
  readonly desktop?: boolean | undefined;
  /** A provider (OpenID Connect) by which members sign in; the client's secret may come from `env`. */
  readonly oidc?: OidcOptions | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  readonly clock?: (() => number) | undefined;
  readonly onFailure?: ((failure: Error | DoorError) => void) | undefined;
}
