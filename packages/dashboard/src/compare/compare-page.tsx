import { useCallback, useState } from "preact/hooks";
import { type AddressChange, useAddress } from "../parts/address.ts";
import { useAnswer } from "../parts/use-answer.ts";
import { readComparison } from "../server/compared/sides.ts";
import { Compared } from "./compared.tsx";
import { askedIn, type Kind, kindIn, namesOf, SIDES, SideFields } from "./side-fields.tsx";

/** Two sessions, or two selections of them, beside each other: in what they differ. */
export function ComparePage() {
  const { query, change } = useAddress();
  const asked = askedIn(query)?.toString();
  const ask = useCallback(
    async () => (asked === undefined ? undefined : readComparison(new URLSearchParams(asked))),
    [asked],
  );
  const { answer, failure, isLoading } = useAnswer(ask);
  return (
    <main aria-busy={isLoading}>
      <h1>Compare</h1>
      <Fields key={query.toString()} query={query} onSubmit={change} />
      {failure !== undefined && (
        <div class="panel padded bad" role="alert">
          {failure}
        </div>
      )}
      {asked === undefined && (
        <p class="quiet">
          The id of a session stands in the address of its page, and on the command line in{" "}
          <code>caum sessions</code>. A selection is what fits all that is filled in of its side.
        </p>
      )}
      {failure === undefined && answer !== undefined && asked !== undefined && (
        <Compared comparison={answer} />
      )}
    </main>
  );
}

const ALL_NAMES = SIDES.flatMap((side) => [
  ...namesOf(side, "sessions"),
  ...namesOf(side, "selections"),
]);

interface FieldsProperties {
  readonly query: URLSearchParams;
  readonly onSubmit: (changes: AddressChange) => void;
}

function Fields({ query, onSubmit }: FieldsProperties) {
  const [kind, setKind] = useState<Kind>(() => kindIn(query));
  const [values, setValues] = useState<AddressChange>(() =>
    Object.fromEntries(ALL_NAMES.map((name) => [name, query.get(name) ?? undefined])),
  );
  const submit = (event: Event) => {
    event.preventDefault();
    const shown = SIDES.flatMap((side) => namesOf(side, kind));
    const told = ALL_NAMES.map((name) => {
      const value = shown.includes(name) ? values[name]?.trim() : undefined;
      return [name, value] as const;
    });
    onSubmit(Object.fromEntries(told));
  };
  return (
    <form class="line" onSubmit={submit}>
      <label>
        What
        <select
          value={kind}
          onChange={({ currentTarget: { value } }) =>
            setKind(value === "selections" ? "selections" : "sessions")
          }
        >
          <option value="sessions">two sessions</option>
          <option value="selections">two selections of sessions</option>
        </select>
      </label>
      <SideFields
        kind={kind}
        values={values}
        onInput={(name, value) => setValues((before) => ({ ...before, [name]: value }))}
      />
      <button type="submit" class="first">
        Compare
      </button>
    </form>
  );
}
