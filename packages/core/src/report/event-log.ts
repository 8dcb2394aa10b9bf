/** Where the lines of one run go: to this machine's disk, or to a collector. */
export interface EventLog {
  /** Whether another line will be kept; a seq is given only to what will be. */
  readonly hasRoom: boolean;
  push(line: string): void;
  /** Resolves when every line pushed before is safe, or its place refused it. */
  flush(): Promise<void>;
  close(): Promise<void>;
  /** The same at the end of the process, where nothing can be awaited. */
  closeNow(): void;
}
