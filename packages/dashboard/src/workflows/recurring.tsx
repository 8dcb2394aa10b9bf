import { useCallback } from "preact/hooks";
import { ago, count, money, ruleWords } from "../parts/format.ts";
import { sessionPath, workflowPath } from "../parts/router.ts";
import { useAnswer } from "../parts/use-answer.ts";
import {
  listRecurring,
  type Recurring,
  type RecurringLoop,
} from "../server/compared/comparisons.ts";

const DAY_MS = 86_400_000;

interface Properties {
  readonly days: number;
  /** All workflows where it is left out. */
  readonly workflow?: string;
}

/** Loops that came back in several sessions, those of most sessions first. */
export function RecurringLoops({ days, workflow }: Properties) {
  const ask = useCallback(
    () => listRecurring(Date.now() - days * DAY_MS, workflow),
    [days, workflow],
  );
  const { answer, failure } = useAnswer(ask);
  return (
    <section class="panel padded" aria-label="Recurring loops" aria-busy={answer === undefined}>
      <h2>Loops that came back in the last {days} days</h2>
      {failure !== undefined && (
        <p class="bad" role="alert">
          {failure}
        </p>
      )}
      {answer === undefined && failure === undefined && <p class="quiet">Loading…</p>}
      {answer !== undefined && <Listed recurring={answer} isOfAll={workflow === undefined} />}
    </section>
  );
}

function Listed({ recurring, isOfAll }: { recurring: Recurring; isOfAll: boolean }) {
  const { loops, sessions, looping, unnamed, isComplete, more } = recurring;
  return (
    <>
      {loops.length === 0 && <p>No loop came back in a second session.</p>}
      <ul class="plain-list entries">
        {loops.map((loop) => (
          <Line
            key={`${loop.rule} ${loop.period} ${loop.tools.join()}`}
            loop={loop}
            isOfAll={isOfAll}
          />
        ))}
      </ul>
      <p class="quiet">
        {count(looping)} of {isComplete ? "" : "the newest "}
        {count(sessions)} sessions had a loop.
        {more > 0 && ` ${count(more)} more kinds came back.`}
        {unnamed > 0 &&
          ` In ${count(unnamed)} of them tools have no readable name, so that their loops cannot be compared.`}
      </p>
    </>
  );
}

function Line({ loop, isOfAll }: { readonly loop: RecurringLoop; readonly isOfAll: boolean }) {
  const { tools, sessions, loops, costUsd, costKnown, firstMs, lastMs } = loop;
  const nowMs = Date.now();
  return (
    <li class="line">
      <b class="named">
        <bdi>{tools.join(" · ")}</bdi>
      </b>
      <span class="quiet">{ruleWords(loop)}</span>
      <span>
        in {count(sessions)} {sessions === 1 ? "session" : "sessions"}, {count(loops)} times
      </span>
      <span>
        {costUsd === undefined ? "cost not known" : money(costUsd)}
        {costUsd !== undefined && costKnown < sessions && (
          <span class="quiet"> in {count(costKnown)} of them</span>
        )}
      </span>
      <span class="quiet">
        first {ago(firstMs, nowMs)}, last {ago(lastMs, nowMs)}
      </span>
      <span class="spread" />
      {isOfAll &&
        loop.workflows.map((name) => (
          <a key={name} href={workflowPath(name)}>
            <bdi>{name}</bdi>
          </a>
        ))}
      {loop.latest[0] !== undefined && <a href={sessionPath(loop.latest[0])}>latest session</a>}
    </li>
  );
}
