import type { AddressChange } from "../parts/address.ts";

export const SIDES = ["a", "b"] as const;
export type SideName = (typeof SIDES)[number];

/** What sessions are chosen by, as the address names it, with what may be written. */
const PARTS = [
  ["workflow", "Workflow", ""],
  ["agent", "Agent", ""],
  ["cohort", "Cohort", ""],
  ["client", "Client", ""],
  ["since", "Since", "7d or 2026-11-01"],
  ["until", "Until", "1d or 2026-11-08"],
] as const;

/** What the two are: the address has an id of each, or parts of a filter. */
export type Kind = "sessions" | "selections";

export function namesOf(side: SideName, kind: Kind): readonly string[] {
  return kind === "sessions" ? [side] : PARTS.map(([part]) => `${side}.${part}`);
}

export function kindIn(query: URLSearchParams): Kind {
  const isSelection = SIDES.some((side) =>
    namesOf(side, "selections").some((name) => query.has(name)),
  );
  return isSelection ? "selections" : "sessions";
}

/** Of both sides, as far as the address says anything of both. */
export function askedIn(query: URLSearchParams): URLSearchParams | undefined {
  const kind = kindIn(query);
  const told = SIDES.map((side) =>
    namesOf(side, kind).flatMap((name) => {
      const value = query.get(name);
      return value ? [[name, value]] : [];
    }),
  );
  return told.every(({ length }) => length > 0) ? new URLSearchParams(told.flat()) : undefined;
}

interface Properties {
  readonly kind: Kind;
  /** What stands in the fields, by their names. */
  readonly values: AddressChange;
  readonly onInput: (name: string, value: string) => void;
}

export function SideFields({ kind, values, onInput }: Properties) {
  const field = (name: string, label: string, hint: string, isRequired: boolean) => (
    <label key={name}>
      {label}
      <input
        name={name}
        placeholder={hint}
        required={isRequired}
        value={values[name] ?? ""}
        onInput={({ currentTarget: { value } }) => onInput(name, value)}
      />
    </label>
  );
  if (kind === "sessions") {
    return (
      <>
        {field("a", "First session", "id", true)}
        {field("b", "Second session", "id", true)}
      </>
    );
  }
  return (
    <>
      {SIDES.map((side) => (
        <fieldset key={side} class="line">
          <legend>{side.toUpperCase()}</legend>
          {PARTS.map(([part, label, hint]) => field(`${side}.${part}`, label, hint, false))}
        </fieldset>
      ))}
    </>
  );
}
