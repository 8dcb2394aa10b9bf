import { useCallback } from "preact/hooks";
import { bytes, clock, duration, money, short, shortHash } from "../parts/format.ts";
import { Regime } from "../parts/regime.tsx";
import { VirtualTable } from "../parts/virtual-table.tsx";
import type { Recorded } from "../server/answers.ts";

const ROW_HEIGHT = 28;
const COLUMNS = [
  { name: "step", look: "number" },
  { name: "time", look: "wide" },
  { name: "tool" },
  { name: "op", look: "wide" },
  { name: "status" },
  { name: "took", look: "wide number" },
  { name: "input", look: "wide number" },
  { name: "result", look: "wide number" },
  { name: "tokens", look: "wide number" },
  { name: "cost", look: "wide number" },
  { name: "regime" },
  { name: "why", look: "wide" },
  { name: "leaf", look: "wide" },
] as const;

interface Properties {
  readonly records: readonly Recorded[];
  /** Index of the record that is pointed at elsewhere. */
  readonly pointed: number | undefined;
  /** The record to bring into sight. */
  readonly shown: { readonly index: number } | undefined;
  readonly onPoint: (index: number) => void;
}

/** Every record, one line each. */
export function StepTable({ records, pointed, shown, onPoint }: Properties) {
  const cells = useCallback((index: number) => cellsOf(records[index]), [records]);
  return (
    <VirtualTable
      label="Records, oldest first"
      kind="steps"
      columns={COLUMNS}
      count={records.length}
      rowHeight={ROW_HEIGHT}
      shown={shown}
      onPoint={onPoint}
      rowLook={(index) => {
        const isHot = records[index]?.assessed?.publicClass === "hard_alert";
        return `${isHot ? "hot" : ""} ${index === pointed ? "at" : ""}`;
      }}
      cells={cells}
    />
  );
}

function cellsOf(record: Recorded | undefined) {
  if (record === undefined) return [];
  const { assessed, name, leaf } = record;
  const why = assessed?.reasons.join(", ");
  return [
    assessed?.step,
    clock(record.atMs),
    <bdi key="tool" title={name}>
      {name}
    </bdi>,
    record.op,
    record.status,
    duration(record.durationMs),
    bytes(record.argumentsBytes),
    bytes(record.resultBytes),
    short(record.tokens),
    money(record.costUsd),
    assessed && <Regime regime={assessed.regime} />,
    <span key="why" title={why}>
      {why}
    </span>,
    <span key="leaf" class="mono" title={leaf}>
      {shortHash(leaf)}
    </span>,
  ];
}
