/** What damaged bundles are made of: one good bundle, and ways to change it. */

import type { BundleVerdict, FindingKind } from "../../../src/evidence/rules/findings.ts";
import { formatTombstone } from "../../../src/evidence/rules/side-lines.ts";
import { hashLeaf } from "../../../src/evidence/tree/leaf.ts";
import {
  bundleOf,
  edited,
  goodBundle,
  rehashed,
  sessionLines,
  type TestBundle,
} from "../bundles.ts";

export interface Tampering {
  readonly name: string;
  readonly bundle: TestBundle;
  readonly verdict: BundleVerdict;
  readonly closed?: boolean;
  /** A finding that must be there; with a line, the first one. */
  readonly kind?: FindingKind;
  /** Line of the first finding, from 1. */
  readonly line?: number | null;
  readonly keys?: readonly string[];
}

export const good = goodBundle();
export const { lines, files } = good;
export const at = (index: number): string => lines[index] ?? "";
export const withLines = (changed: readonly string[]): TestBundle => ({ lines: changed, files });
export const withFiles = (changed: Readonly<Record<string, string>>): TestBundle => ({
  lines,
  files: { ...files, ...changed },
});
export const without = (...names: string[]): TestBundle => ({
  lines,
  files: Object.fromEntries(Object.entries(files).filter(([name]) => !names.includes(name))),
});
export const replaced = (index: number, ...line: string[]) => lines.toSpliced(index, 1, ...line);
export const swapped = (a: number, b: number) => lines.with(a, at(b)).with(b, at(a));
export const note = (name: string): string => files[name] ?? "";
export const tombstone = (index: number, change: object = {}): string => {
  const { runId: run, payload } = JSON.parse(at(index));
  return formatTombstone({ run, seq: payload.seq, leaf: hashLeaf(at(index)), ...change });
};

export const other = bundleOf(sessionLines("s-2"));
export const editedAndRehashed = rehashed(replaced(3, edited(at(3), { status: "error" })));
export const LAST = "checkpoints/12.note";
