import type { Recorded } from "../../server/answers.ts";

/** What the table is narrowed to; absent is everything. */
export interface RecordFilter {
  readonly status: string | undefined;
  readonly tool: string | undefined;
  readonly agent: string | undefined;
  /** Only steps of a loop. */
  readonly inLoop: boolean;
}

export function fitsRecord(record: Recorded, filter: RecordFilter): boolean {
  const { status, tool, agent, inLoop } = filter;
  return (
    (status === undefined || record.status === status) &&
    (tool === undefined || record.name === tool) &&
    (agent === undefined || record.agentTag === agent) &&
    (!inLoop || record.assessed?.pattern !== undefined)
  );
}

/** What there is to narrow to, each once, in the order of the alphabet. */
export interface RecordChoices {
  readonly statuses: readonly string[];
  readonly tools: readonly string[];
  readonly agents: readonly string[];
}

export function choicesIn(records: readonly Recorded[]): RecordChoices {
  const of = (values: readonly (string | undefined)[]) =>
    [...new Set(values)].filter((value) => value !== undefined).toSorted();
  return {
    statuses: of(records.map(({ status }) => status)),
    tools: of(records.filter(({ status }) => status !== undefined).map(({ name }) => name)),
    agents: of(records.map(({ agentTag }) => agentTag)),
  };
}
