import { CollectorError } from "@caum/collector/validation";

/**
 * The cursor of the page after one that was read; null behind the last page.
 *
 * @param read the cursor of the page that was read; empty for the first one
 * @param next what that page gives as its next one; undefined in an answer that is no collector's
 * @throws {CollectorError} when it leads to the same page: that would be asked for ever
 */
export function cursorAfter(read: string, next: string | null | undefined): string | null {
  if (next === undefined || next === read) {
    throw new CollectorError("what answers is no collector: name one with --url");
  }
  return next;
}
