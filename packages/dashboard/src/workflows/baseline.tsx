/** Which sessions are normal, and the choice of others. */
import { useState } from "preact/hooks";
import { count, moment } from "../parts/format.ts";
import { type Baseline, type Chosen, chooseBaseline } from "../server/workflows.ts";

const KINDS: Readonly<Record<Chosen["kind"], string>> = {
  latest: "the last stretch in which nothing moved",
  cohort: "a cohort",
  range: "a range of time",
};

/** @param onChosen is called when the collector has taken a choice */
export function BaselinePanel({
  workflow,
  baseline,
  onChosen,
}: {
  readonly workflow: string;
  readonly baseline: Baseline | undefined;
  readonly onChosen: () => void;
}) {
  const [kind, setKind] = useState<Chosen["kind"]>(baseline?.choice?.kind ?? "latest");
  const [failure, setFailure] = useState<string>();
  const choose = async (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.target instanceof HTMLFormElement)) return;
    const { cohort, since, until } = Object.fromEntries(new FormData(event.target));
    setFailure(undefined);
    try {
      await chooseBaseline(workflow, chosenIn(kind, [cohort, since, until].map(String)));
      onChosen();
    } catch (error) {
      setFailure(error instanceof Error ? error.message : "the choice was not taken");
    }
  };
  return (
    <section class="panel padded" aria-label="Baseline">
      <h2>What is normal</h2>
      <p class="quiet">{wordsOf(baseline)}</p>
      <form class="line" onSubmit={choose}>
        <label>
          <span class="quiet">normal is</span>
          <select
            value={kind}
            // The options are the kinds.
            onChange={({ currentTarget: { value } }) => setKind(value as Chosen["kind"])}
          >
            {Object.entries(KINDS).map(([name, words]) => (
              <option key={name} value={name}>
                {words}
              </option>
            ))}
          </select>
        </label>
        {kind === "cohort" && (
          <label>
            <span class="quiet">named</span>
            <input name="cohort" required maxLength={255} />
          </label>
        )}
        {kind === "range" && (
          <>
            <label>
              <span class="quiet">from</span>
              <input type="date" name="since" required />
            </label>
            <label>
              <span class="quiet">to, with that day</span>
              <input type="date" name="until" required />
            </label>
          </>
        )}
        <button type="submit">Choose</button>
      </form>
      {failure !== undefined && (
        <p class="bad" role="alert">
          {failure}
        </p>
      )}
    </section>
  );
}

const DAY_MS = 86_400_000;

/** Days are those of whoever looks. */
function chosenIn(kind: Chosen["kind"], [cohort = "", since = "", until = ""]: string[]): Chosen {
  if (kind === "latest") return { kind };
  if (kind === "cohort") return { kind, cohort };
  const timeOf = (day: string, laterMs: number) =>
    new Date(new Date(`${day}T00:00`).getTime() + laterMs).toISOString();
  return { kind, since: timeOf(since, 0), until: timeOf(until, DAY_MS) };
}

function wordsOf(baseline: Baseline | undefined): string {
  if (baseline === undefined) return "Nothing is known as normal yet.";
  const { sessions, choice } = baseline;
  const some = `${count(sessions)} ${sessions === 1 ? "session is" : "sessions are"} normal`;
  if (choice === undefined) return `${some}: the last stretch in which nothing moved.`;
  if (choice.kind === "cohort") return `${some}: the cohort ${choice.cohort}, chosen by hand.`;
  const [since, until] = [moment(choice.sinceMs), moment(choice.untilMs)];
  return `${some}: those from ${since} to ${until}, chosen by hand.`;
}
