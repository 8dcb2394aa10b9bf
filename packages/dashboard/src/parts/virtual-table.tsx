// biome-ignore-all lint/a11y/useSemanticElements: rows that do not all exist make no table element
// biome-ignore-all lint/a11y/useFocusableInteractive: cells are read, not operated
// biome-ignore-all lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
import type { ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";

/** Rows drawn beyond what can be seen, so that a fast scroll shows no gap. */
const BEYOND = 6;

export interface Column {
  readonly name: string;
  /** Classes of head and cells: `number` stands right, `wide` goes where there is little room. */
  readonly look?: string;
  /** Whether the rows are in the order of this column; absent where they cannot be. */
  readonly sorted?: "ascending" | "descending" | "none";
  readonly onSort?: () => void;
}

const ARROWS = { ascending: " ↑", descending: " ↓", none: "" } as const;

interface Properties {
  readonly label: string;
  /** Class that sets the columns and the height of the view. */
  readonly kind: string;
  readonly columns: readonly Column[];
  readonly count: number;
  /** Height of a row in pixels. */
  readonly rowHeight: number;
  /** What stands in each column; another function draws all rows again. */
  readonly cells: (index: number) => readonly ComponentChildren[];
  readonly rowLook: (index: number) => string;
  /** Called when the end of the list comes into sight. */
  readonly onEnd?: () => void;
  readonly onPoint?: (index: number) => void;
  /** The row to bring into sight; another object scrolls again. */
  readonly shown?: { readonly index: number } | undefined;
}

/** A table of any length of which only the rows in sight exist. */
export function VirtualTable(properties: Properties) {
  const { label, kind, columns, count, rowHeight, onEnd, shown } = properties;
  const view = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState({ top: 0, height: 0 });
  const measure = () => {
    const { scrollTop: top = 0, clientHeight: height = 0 } = view.current ?? {};
    setPlace((before) =>
      before.top === top && before.height === height ? before : { top, height },
    );
  };
  useEffect(() => {
    const observer = new ResizeObserver(measure);
    if (view.current) observer.observe(view.current);
    return () => observer.disconnect();
  }, []);
  useEffect(() => reveal(view.current, shown?.index, rowHeight), [shown, rowHeight]);
  const first = Math.max(0, Math.floor(place.top / rowHeight) - BEYOND);
  // A row that goes out of sight lends its elements to the one that comes in.
  const room = Math.ceil(place.height / rowHeight) + 2 * BEYOND + 1;
  const last = Math.min(count, Math.ceil((place.top + place.height) / rowHeight) + BEYOND);
  useEffect(() => {
    if (place.height > 0 && last >= count) onEnd?.();
  }, [last, count, place.height, onEnd]);
  return (
    <div class={`panel table ${kind}`} role="table" aria-label={label} aria-rowcount={count + 1}>
      <div role="rowgroup">
        <div class="head" role="row" aria-rowindex={1}>
          {columns.map(({ name, look, sorted, onSort }) => (
            <span key={name} class={look} role="columnheader" aria-sort={sorted}>
              {onSort === undefined ? (
                name
              ) : (
                <button type="button" class="plain sort" onClick={onSort}>
                  {name}
                  <span aria-hidden="true">{ARROWS[sorted ?? "none"]}</span>
                </button>
              )}
            </span>
          ))}
        </div>
      </div>
      <div class="view" role="rowgroup" ref={view} onScroll={measure} tabIndex={0}>
        <div role="presentation" style={{ height: `${count * rowHeight}px` }}>
          {Array.from({ length: Math.max(0, last - first) }, (_, at) => (
            <Row key={(first + at) % room} index={first + at} {...properties} />
          ))}
        </div>
      </div>
    </div>
  );
}

function Row({
  index,
  columns,
  rowHeight,
  cells,
  rowLook,
  onPoint,
}: Properties & { index: number }) {
  const shown = useMemo(() => {
    const values = cells(index);
    return columns.map(({ name, look }, at) => (
      <span key={name} class={look} role="cell">
        {values[at]}
      </span>
    ));
  }, [index, columns, cells]);
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      class={`row ${rowLook(index)}`}
      style={{ top: `${index * rowHeight}px` }}
      onMouseEnter={() => onPoint?.(index)}
    >
      {shown}
    </div>
  );
}

function reveal(view: HTMLElement | null, index: number | undefined, rowHeight: number): void {
  if (view === null || index === undefined) return;
  const top = index * rowHeight;
  const isSeen = top >= view.scrollTop && top + rowHeight <= view.scrollTop + view.clientHeight;
  if (!isSeen) view.scrollTop = top - view.clientHeight / 2;
}
