import { useCallback } from "preact/hooks";
import { DayBars } from "../parts/drawing/day-bars.tsx";
import { ago, count } from "../parts/format.ts";
import { useAnswer } from "../parts/use-answer.ts";
import { type Day, readWorkflow } from "../server/workflows.ts";
import { BaselinePanel } from "./baseline.tsx";
import { MovedList } from "./card-state.tsx";
import { ExposurePanel } from "./exposure.tsx";
import { RecurringLoops } from "./recurring.tsx";
import { Reliability } from "./reliability.tsx";

const RECURRING_DAYS = 30;
const BARS_HEIGHT = 110;

/** One workflow: whether it changed, what its loops cost, and how its sessions end. */
export function WorkflowPage({ name }: { readonly name: string }) {
  const ask = useCallback(() => readWorkflow(name), [name]);
  const { answer, failure, again } = useAnswer(ask);
  if (answer === undefined && failure !== undefined) {
    return (
      <main>
        <div class="panel empty" role="alert">
          <h1>This workflow cannot be shown</h1>
          <p class="quiet">{failure}</p>
          <div class="line">
            <button type="button" onClick={again}>
              Try again
            </button>
            <a href="/workflows">All workflows</a>
          </div>
        </div>
      </main>
    );
  }
  if (answer === undefined) {
    return (
      <main aria-busy="true">
        <div class="panel empty quiet" role="status">
          Loading the workflow…
        </div>
      </main>
    );
  }
  const { workflow, days } = answer;
  return (
    <main>
      <div class="line">
        <h1>
          <bdi>{name}</bdi>
        </h1>
        <span class="quiet">
          {count(workflow.sessions)} {workflow.sessions === 1 ? "session" : "sessions"}, last{" "}
          {ago(workflow.lastMs, Date.now())}
        </span>
      </div>
      <div class="halves">
        <MovedList card={workflow.card} />
        <Days days={days} />
      </div>
      <BaselinePanel workflow={name} baseline={workflow.card?.baseline} onChosen={again} />
      <ExposurePanel workflow={name} />
      <Reliability workflow={name} />
      <RecurringLoops days={RECURRING_DAYS} workflow={name} />
    </main>
  );
}

function Days({ days }: { readonly days: readonly Day[] }) {
  const sessions = days.reduce((sum, day) => sum + day.sessions, 0);
  const looping = days.reduce((sum, day) => sum + day.looping, 0);
  const [first, last] = [days.at(0)?.day, days.at(-1)?.day];
  return (
    <section class="panel padded" aria-label="Days">
      <h2>Sessions of {days.length} days</h2>
      <DayBars
        days={days}
        height={BARS_HEIGHT}
        label={`${count(sessions)} sessions from ${first} to ${last}, ${count(looping)} of them with a loop`}
      />
      <div class="line quiet">
        <span>{first}</span>
        <span class="spread" />
        <span>
          <i class="swatch all" /> {count(sessions)} sessions <i class="swatch looping" />{" "}
          {count(looping)} with a loop
        </span>
        <span class="spread" />
        <span>{last}</span>
      </div>
    </section>
  );
}
