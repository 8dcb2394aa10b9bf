import { useCallback, useMemo } from "preact/hooks";
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
  /** Index of the record that is pointed at elsewhere, and of the selected one. */
  readonly pointed: number | undefined;
  readonly selected: number | undefined;
  /** The record to bring into sight, by its index. */
  readonly shown: { readonly index: number } | undefined;
  readonly onPoint: (index: number) => void;
  /** Called with the index of a record that is a step. */
  readonly onSelect: (index: number) => void;
}

/** Records, one line each, in their order. */
export function StepTable(properties: Properties) {
  const { records, pointed, selected, shown, onPoint, onSelect } = properties;
  const cells = useCallback((at: number) => cellsOf(records[at], onSelect), [records, onSelect]);
  // Narrowed, a record stands elsewhere than its index says.
  const place = useMemo(() => {
    const index = records.findIndex((record) => record.index === shown?.index);
    return index < 0 ? undefined : { index };
  }, [shown, records.length > 0]);
  return (
    <VirtualTable
      label="Records, oldest first"
      kind="steps"
      columns={COLUMNS}
      count={records.length}
      rowHeight={ROW_HEIGHT}
      shown={place}
      onPoint={(at) => {
        const index = records[at]?.index;
        if (index !== undefined) onPoint(index);
      }}
      rowLook={(at) => {
        const record = records[at];
        const isHot = record?.assessed?.publicClass === "hard_alert";
        const isAt = record?.index === pointed || record?.index === selected;
        return `${isHot ? "hot" : ""} ${isAt ? "at" : ""}`;
      }}
      cells={cells}
    />
  );
}

function cellsOf(record: Recorded | undefined, onSelect: Properties["onSelect"]) {
  if (record === undefined) return [];
  const { assessed, name, leaf } = record;
  const why = assessed?.reasons.join(", ");
  return [
    assessed && (
      <button
        key="step"
        type="button"
        class="plain step"
        title="Select this step"
        onClick={() => onSelect(record.index)}
      >
        {assessed.step}
      </button>
    ),
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
