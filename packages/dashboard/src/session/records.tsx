import { useCallback, useEffect, useMemo } from "preact/hooks";
import { useAddress } from "../parts/address.ts";
import { isTyping } from "../parts/typing.ts";
import { RecordFields } from "./record-fields.tsx";
import { StepTable } from "./step-table.tsx";
import { choicesIn, fitsRecord, type RecordFilter } from "./trace/record-filter.ts";
import type { Trace } from "./trace/trace.ts";

interface Properties {
  readonly trace: Trace;
  /** Place of the selected step. */
  readonly at: number | undefined;
  readonly pointed: number | undefined;
  readonly shown: { readonly index: number } | undefined;
  readonly onCursor: (at: number) => void;
  readonly onSelect: (at: number) => void;
}

/** The records that the address asks for, and what narrows them. */
export function Records({ trace, at, pointed, shown, onCursor, onSelect }: Properties) {
  const { query, change } = useAddress();
  const { records, recordOf, loops } = trace;
  const asked = query.toString();
  const filter = useMemo(() => filterIn(new URLSearchParams(asked)), [asked]);
  const narrowed = useMemo(() => {
    const isAll = Object.values(filter).every((value) => !value);
    return isAll ? records : records.filter((record) => fitsRecord(record, filter));
  }, [records, filter]);
  const choices = useMemo(() => choicesIn(records), [records]);
  const select = useCallback(
    (index: number) => {
      const place = recordOf.indexOf(index);
      if (place >= 0) onSelect(place);
    },
    [recordOf, onSelect],
  );
  const point = (index: number) => {
    const place = recordOf.indexOf(index);
    if (place >= 0) onCursor(place);
  };
  const nextLoop = () => {
    // Behind the last one it begins again with the first.
    const next = loops.find(({ from }) => at === undefined || from > at) ?? loops[0];
    if (next !== undefined) onSelect(next.from);
  };
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key !== "n" || isTyping(event)) return;
      event.preventDefault();
      nextLoop();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  });
  return (
    <section class="stack" aria-label="Records of the session">
      <RecordFields
        filter={filter}
        choices={choices}
        shown={narrowed.length}
        all={records.length}
        change={change}
        onNextLoop={loops.length > 0 ? nextLoop : undefined}
      />
      <StepTable
        records={narrowed}
        pointed={pointed}
        selected={shown?.index}
        shown={shown}
        onPoint={point}
        onSelect={select}
      />
    </section>
  );
}

function filterIn(query: URLSearchParams): RecordFilter {
  return {
    status: query.get("status") || undefined,
    tool: query.get("tool") || undefined,
    agent: query.get("agent") || undefined,
    inLoop: query.get("in") === "loop",
  };
}
