import type { Entry, Journal } from "../../src/tap/journal/journal.ts";
import type { Identity } from "../../src/tap/messages/client-info.ts";

/** A journal that remembers what it was told. */
export class KeptJournal implements Journal {
  readonly entries: { readonly entry: Entry; readonly time: number }[] = [];
  readonly drops: { readonly count: number; readonly reason: string }[] = [];
  identity: Identity | undefined;

  observe(entry: Entry, time: number): void {
    this.entries.push({ entry, time });
  }

  dropped(count: number, reason: string): void {
    this.drops.push({ count, reason });
  }

  identify(identity: Identity): void {
    this.identity = identity;
  }

  interrupt(): void {}

  async close(): Promise<void> {}

  /** The defined fields of every entry, without those named. */
  summary(...names: readonly string[]): Record<string, unknown>[] {
    return this.entries.map(({ entry }) =>
      Object.fromEntries(
        Object.entries(entry).filter(([key, value]) => value !== undefined && names.includes(key)),
      ),
    );
  }
}
