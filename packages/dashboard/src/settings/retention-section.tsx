import { useState } from "preact/hooks";
import { count } from "../parts/format.ts";
import { useAnswer } from "../parts/use-answer.ts";
import { readRetention, setRetention } from "../server/settings.ts";
import { Question } from "./question.tsx";
import { Section } from "./section.tsx";

/** As long as the collector takes. */
const MOST_DAYS = 36_500;
const OFFERED_DAYS = 90;

/** How long records are kept. */
export function RetentionSection() {
  const { answer, failure, isLoading, again } = useAnswer(readRetention);
  /** Days that are to hold and may delete something, until somebody agrees. */
  const [asked, setAsked] = useState<number>();
  const [refusal, setRefusal] = useState<string>();
  const set = (days: number | null) => {
    setRefusal(undefined);
    setRetention(days).then(again, (problem: Error) => setRefusal(problem.message));
  };
  const choose = (days: number | null) => {
    // Whatever this page has read: somebody else may have changed it since.
    if (days === null) set(days);
    else setAsked(days);
  };
  return (
    <Section
      title="Retention"
      failure={refusal ?? failure}
      isLoading={answer === undefined && isLoading}
    >
      {answer !== undefined && (
        <>
          <p role="status">{wordsOf(answer)}</p>
          <RetentionForm key={String(answer)} days={answer} onChoose={choose} />
          <p class="quiet">
            What is left of a session after its time still verifies; what its records said is gone.
          </p>
        </>
      )}
      {asked !== undefined && (
        <Question
          title={`Keep records for ${daysOf(asked)}?`}
          yes="Delete what is older"
          onYes={() => set(asked)}
          onClose={() => setAsked(undefined)}
        >
          What is older is deleted within an hour, and does not come back.
        </Question>
      )}
    </Section>
  );
}

interface FormProperties {
  readonly days: number | null;
  readonly onChoose: (days: number | null) => void;
}

function RetentionForm({ days, onChoose }: FormProperties) {
  const [isLimited, setLimited] = useState(days !== null);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.target instanceof HTMLFormElement)) return;
    const sent = new FormData(event.target).get("days");
    onChoose(sent === null ? null : Number(sent));
  };
  return (
    <form class="line" onSubmit={submit}>
      <label>
        <span class="quiet">records are kept</span>
        <select
          value={isLimited ? "days" : "good"}
          onChange={({ currentTarget: { value } }) => setLimited(value === "days")}
        >
          <option value="good">for good</option>
          <option value="days">for some days</option>
        </select>
      </label>
      {isLimited && (
        <label>
          <span class="quiet">days after the last event of their session</span>
          <input
            type="number"
            name="days"
            min={1}
            max={MOST_DAYS}
            defaultValue={String(days ?? OFFERED_DAYS)}
            required
          />
        </label>
      )}
      <button type="submit" class="first">
        Set
      </button>
    </form>
  );
}

function wordsOf(days: number | null): string {
  if (days === null) return "Records are kept for good.";
  return `Records are kept for ${daysOf(days)} after the last event of their session.`;
}

function daysOf(days: number): string {
  return days === 1 ? "1 day" : `${count(days)} days`;
}
