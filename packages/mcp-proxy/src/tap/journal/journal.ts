import type { Observation } from "@caum/core";
import type { Identity } from "../messages/client-info.ts";
import type { CutValue } from "../messages/message.ts";

/** What passed, with its value whole or cut. */
export interface Content {
  readonly value?: unknown;
  readonly cut?: CutValue;
}

/** An observation whose long values are digested where they stand. */
export type Entry = Observation & {
  readonly cutArguments?: CutValue | undefined;
  readonly cutResult?: CutValue | undefined;
  /** The client's own id of its session, where it tells it. */
  readonly clientSession?: string | undefined;
};

/** Where records of one session go. */
export interface Journal {
  /** @param time when it passed, in milliseconds since the epoch */
  observe(entry: Entry, time: number): void;
  /** Something passed that could not be recorded. */
  dropped(count: number, reason: string): void;
  /** Before the first record: who the client says it is. */
  identify(identity: Identity): void;
  /** The process may be ended any moment: what is missing is declared now. */
  interrupt(): void;
  close(): Promise<void>;
}
