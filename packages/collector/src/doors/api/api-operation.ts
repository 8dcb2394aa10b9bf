/** What a door is called and does, with a request that it takes. */
export interface ApiOperation {
  /** Of the operation, for programs that make clients from the document. */
  readonly id: string;
  readonly summary: string;
  readonly tag:
    | "live"
    | "steps"
    | "events"
    | "runs"
    | "evidence"
    | "workflows"
    | "alerts"
    | "account";
  /** Values of parameters. */
  readonly with?: Readonly<Record<string, string | number>>;
  readonly body?: unknown;
  /** A body of several lines, each a JSON value. */
  readonly lines?: readonly object[];
}
