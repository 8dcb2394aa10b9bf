import type { AddressChange } from "../parts/address.ts";
import { count } from "../parts/format.ts";
import type { RecordChoices, RecordFilter } from "./trace/record-filter.ts";

interface Properties {
  readonly filter: RecordFilter;
  readonly choices: RecordChoices;
  readonly shown: number;
  readonly all: number;
  readonly change: (changes: AddressChange) => void;
  /** Absent where there is no loop. */
  readonly onNextLoop: (() => void) | undefined;
}

/** What narrows the table of records, and leads to the next loop. */
export function RecordFields({ filter, choices, shown, all, change, onNextLoop }: Properties) {
  const field = (name: "status" | "tool" | "agent", label: string, values: readonly string[]) =>
    values.length > 1 && (
      <select
        aria-label={label}
        value={filter[name] ?? ""}
        onChange={({ currentTarget: { value } }) => change({ [name]: value })}
      >
        <option value="">every {name}</option>
        {values.map((value) => (
          <option key={value}>{value}</option>
        ))}
      </select>
    );
  return (
    <div class="line">
      <h2>Records</h2>
      {field("status", "Status", choices.statuses)}
      {field("tool", "Tool", choices.tools)}
      {field("agent", "Sub-agent", choices.agents)}
      {onNextLoop !== undefined && (
        <>
          <label class="line">
            <input
              type="checkbox"
              checked={filter.inLoop}
              onChange={({ currentTarget: { checked } }) =>
                change({ in: checked ? "loop" : undefined })
              }
            />
            in loops only
          </label>
          <button type="button" onClick={onNextLoop}>
            Next loop
          </button>
        </>
      )}
      <span class="spread" />
      <span class="quiet" role="status">
        {shown === all ? `${count(all)} records` : `${count(shown)} of ${count(all)} records`}
      </span>
    </div>
  );
}
