import type { Layer, StructuralRecord, View } from "../../capture/record.ts";

/** What the records of a run have in common, and how far it has come. */
export interface RunFacts {
  readonly layer: Layer;
  readonly view: View;
  readonly lastMs: number;
  /** Which key its digests are made with: equal ids are the same call only under one key. */
  readonly key?: string;
  /** It told of a call without the id that its client gave it. */
  readonly isNameless?: true;
}

/** A run that nobody opened: a sender of single events, which sees everything it sends. */
export const UNOPENED: RunFacts = { layer: "door", view: "full", lastMs: 0 };

const KEY_LENGTH = 16;
/** What a proxy calls requests other than tool calls, for which no client has an id. */
const NO_TOOL_CALL = "mcp:";

/** The run that an `open` record begins. */
export function openedBy(record: StructuralRecord): RunFacts | undefined {
  if (record.category !== "lifecycle" || record.payload.type !== "open") return undefined;
  const { layer, view, digestKeyCommitment } = record.payload;
  return { layer, view, lastMs: 0, key: digestKeyCommitment.slice(0, KEY_LENGTH) };
}

/** A client's own telemetry tells of all its calls, but often without arguments and results. */
export const ECHO: Layer = "telemetry";

const FULLEST_FIRST: readonly Layer[] = [
  "framework",
  "hook",
  "model",
  "mcp",
  ECHO,
  "door",
  "import",
];

export function isFuller(layer: Layer, than: Layer): boolean {
  return FULLEST_FIRST.indexOf(layer) < FULLEST_FIRST.indexOf(than);
}

/** Whether the record is a call that nobody can know again in another run. */
export function isNamelessCall(record: StructuralRecord): boolean {
  if (record.category !== "tool_api" || record.payload.status === "pending") return false;
  const { toolCallId, toolName } = record.payload;
  return toolCallId === undefined && !toolName.startsWith(NO_TOOL_CALL);
}

/** What the fullest layer of a session says of itself. */
export interface Fullest {
  readonly layer: Layer;
  /** Keys of its runs. */
  readonly keys: readonly string[];
  /** It told of a call without the id that its client gave it. */
  readonly isNameless: boolean;
}

/**
 * Whether what a run tells is judged.
 *
 * One call may be seen twice, by hooks or a framework adapter and by the proxy below it. All that the
 * fullest layer tells is judged. Of the others, so are calls that it could know again: that have the
 * client's id under the same key, in a run that has one for each of its calls.
 */
export function isJudged(record: StructuralRecord, run: RunFacts, fullest: Fullest): boolean {
  if (run.layer === fullest.layer) return true;
  if (record.category !== "tool_api" || record.payload.toolCallId === undefined) return false;
  // Its end may still come, from whoever sees it.
  if (record.payload.status === "unresolved") return false;
  return mayJoin(run, fullest) && (!fullest.isNameless || isApart(record, run, fullest));
}

/** Whether calls of a lesser layer may be judged beside the fullest one's. */
export function mayJoin({ key, isNameless, layer }: RunFacts, fullest: Fullest): boolean {
  if (fullest.isNameless && layer === ECHO && fullest.layer !== "mcp") return false;
  return key !== undefined && isNameless !== true && fullest.keys.includes(key);
}

/**
 * Telemetry tells of all calls, so beside a layer that gives some no id, each may be one of those. But
 * what is called without a server, no proxy sees.
 */
export function isApart(
  { payload }: StructuralRecord,
  { layer }: RunFacts,
  fullest: Pick<Fullest, "layer">,
): boolean {
  if (layer !== ECHO) return true;
  return fullest.layer === "mcp" && !("serverTag" in payload);
}

/** How much is known of the session where a call was told. */
export function viewOf({ layer, view }: RunFacts, fullest: Pick<Fullest, "layer">, other: View) {
  return layer === fullest.layer || layer === ECHO ? view : other;
}
