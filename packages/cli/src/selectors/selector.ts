/** Which sessions a command is to look at, as one text: `workflow=checkout,since=7d`. */
import { existsSync } from "node:fs";
import {
  FILTER_PARTS,
  filterPart,
  type SessionFilter,
  splitParts,
  withSessionAlone,
} from "@caum/workflows";

export interface Selector {
  readonly text: string;
  readonly filter: SessionFilter;
  /** Folders and files; where there are none and no runs, whatever is configured is asked. */
  readonly paths: readonly string[];
  /** The CAUM_HOME whose runs are read; empty for the one of this machine. */
  readonly runs: string | undefined;
}

/** A selector that says nothing that is known, with what to write instead. */
export class SelectorError extends Error {
  override readonly name = "SelectorError";
}

const KNOWN = FILTER_PARTS.join(", ");
const RUNS = "runs:";

/**
 * @throws {SelectorError} when a part of it is not understood
 * @throws {SessionFilterError} when the value of a part is not
 */
export function parseSelector(text: string, nowMs: number): Selector {
  let filter: SessionFilter = {};
  const paths: string[] = [];
  let runs: string | undefined;
  if (text === "")
    throw new SelectorError(`a selector is empty: write ${KNOWN}, a folder or ${RUNS}`);
  for (const part of existsSync(text) ? [text] : splitParts(text)) {
    if (part.startsWith(RUNS)) runs = part.slice(RUNS.length);
    else if (existsSync(part)) paths.push(part);
    else filter = { ...filter, ...filterOf(part, nowMs) };
  }
  return { text, filter: withSessionAlone(filter), paths, runs };
}

/** The same, where the id of a session may stand for `session=` and the id. */
export function parseSelectorOrId(text: string, nowMs: number): Selector {
  const isId =
    text !== "" &&
    !text.startsWith(RUNS) &&
    !SAYS_PART.test(text) &&
    !existsSync(text) &&
    !text.split(",").some((part) => existsSync(part));
  if (!isId) return parseSelector(text, nowMs);
  return { text, filter: { session: text }, paths: [], runs: undefined };
}

/** A part that looks like one of a filter, also where its name is misspelt. */
const SAYS_PART = /(?:^|,)(?:[a-z]+=|runs:)/;

function filterOf(part: string, nowMs: number): SessionFilter {
  const filter = filterPart(part, nowMs);
  if (filter !== undefined) return filter;
  throw new SelectorError(
    `"${part}" selects nothing: it is no file or folder that exists, and none of ${KNOWN}, ${RUNS}`,
  );
}
