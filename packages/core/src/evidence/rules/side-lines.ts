/** Lines of a bundle that are no records: tombstones among the records, and forks beside them. */

const SEQ = "(0|[1-9][0-9]{0,15})";
const TOMBSTONE = new RegExp(
  `^\\{"tombstone":\\{"leaf":"([0-9a-f]{64})","run":"([0-9a-f]{32})","seq":${SEQ}\\}\\}$`,
);
const FORK = new RegExp(
  `^\\{"fork":\\{"leaf":"([0-9a-f]{64})","reason":"(seq|link|event_id)","run":"([0-9a-f]{32})","seq":${SEQ}\\}\\}$`,
);

/** What is left of a record that was deleted: enough to check all others. */
export interface Tombstone {
  readonly run: string;
  readonly seq: number;
  readonly leaf: string;
}

/** A record that was refused because it contradicts one that was accepted before. */
export interface Fork {
  readonly run: string;
  readonly seq: number;
  readonly leaf: string;
  /** The same seq with another content, a link to another record, or an event id in use. */
  readonly reason: "seq" | "link" | "event_id";
}

export const TOMBSTONE_START = '{"tombstone":';

export function formatTombstone({ leaf, run, seq }: Tombstone): string {
  return `${TOMBSTONE_START}{"leaf":"${leaf}","run":"${run}","seq":${seq}}}`;
}

/** @returns undefined when the line is not exactly what {@link formatTombstone} writes */
export function parseTombstone(line: string): Tombstone | undefined {
  const [, leaf, run, seqText] = TOMBSTONE.exec(line) ?? [];
  const seq = Number(seqText);
  return leaf && run && Number.isSafeInteger(seq) ? { leaf, run, seq } : undefined;
}

export function formatFork({ leaf, reason, run, seq }: Fork): string {
  return `{"fork":{"leaf":"${leaf}","reason":"${reason}","run":"${run}","seq":${seq}}}`;
}

/** @returns undefined when the line is not exactly what {@link formatFork} writes */
export function parseFork(line: string): Fork | undefined {
  const [, leaf, reason, run, seqText] = FORK.exec(line) ?? [];
  const seq = Number(seqText);
  if (!leaf || !run || !Number.isSafeInteger(seq)) return undefined;
  return { leaf, reason: reason as Fork["reason"], run, seq }; // FORK holds the list
}
