/** What loops cost, and what was spent after an alert stood: by week and by task. */
import { useCallback, useState } from "preact/hooks";
import { count, duration, money, short } from "../parts/format.ts";
import { useAnswer } from "../parts/use-answer.ts";
import {
  type Amount,
  type Exposure,
  MEASURES,
  type Measure,
  readExposure,
  type WorkflowExposure,
} from "../server/compared/comparisons.ts";

const WORDS: Readonly<Record<Measure, string>> = {
  costUsd: "cost",
  tokens: "tokens",
  durationMs: "time",
};
const WRITE: Readonly<Record<Measure, (value: number) => string>> = {
  costUsd: money,
  tokens: short,
  durationMs: duration,
};

export function ExposurePanel({ workflow }: { readonly workflow: string }) {
  const ask = useCallback(() => readExposure(workflow), [workflow]);
  const { answer, failure } = useAnswer(ask);
  return (
    <section class="panel padded" aria-label="Exposure" aria-busy={answer === undefined}>
      {failure !== undefined && (
        <p class="bad" role="alert">
          {failure}
        </p>
      )}
      {answer === undefined && failure === undefined && <p class="quiet">Loading…</p>}
      {answer !== undefined && <Shown exposure={answer} />}
    </section>
  );
}

function Shown({ exposure }: { readonly exposure: WorkflowExposure }) {
  const { all, weeks, tasks, otherTasks, isComplete, assumed } = exposure;
  const [chosen, setChosen] = useState<Measure>();
  const measure = chosen ?? MEASURES.find((name) => all[name] !== undefined) ?? "costUsd";
  const hasTasks = tasks.some(({ name }) => name !== undefined);
  return (
    <>
      <div class="line">
        <h2>What loops cost</h2>
        <span class="spread" />
        <label class="line">
          <span class="quiet">in</span>
          <select
            value={measure}
            // The options are the measures.
            onChange={({ currentTarget: { value } }) => setChosen(value as Measure)}
          >
            {MEASURES.map((name) => (
              <option key={name} value={name}>
                {WORDS[name]}
              </option>
            ))}
          </select>
        </label>
      </div>
      <p>{sentence(all, measure)}</p>
      <Figures label="By week" first="week of" rows={weeks} measure={measure} />
      {hasTasks && <Figures label="By task" first="task" rows={tasks} measure={measure} />}
      {otherTasks > 0 && <p class="quiet">and {count(otherTasks)} more tasks</p>}
      {!isComplete && <p class="quiet">Of the newest {count(all.sessions)} sessions.</p>}
      <details>
        <summary>What is assumed</summary>
        <ul class="assumed">
          {assumed.map((words) => (
            <li key={words} class="quiet">
              {words}
            </li>
          ))}
        </ul>
      </details>
    </>
  );
}

function sentence({ sessions, ...exposure }: Exposure, measure: Measure): string {
  const amount = exposure[measure];
  if (amount === undefined) {
    return `No session of ${count(sessions)} says what it spent in ${WORDS[measure]}: nothing is known.`;
  }
  const { known, total, inLoops, afterAlert } = amount;
  const write = WRITE[measure];
  const of = known === sessions ? count(sessions) : `the ${count(known)} of ${count(sessions)}`;
  const say = known === sessions ? "" : " that say it";
  return `Of ${write(total)} in ${of} sessions${say}, ${write(inLoops)} (${share(inLoops, total)}) went into loops and ${write(afterAlert)} (${share(afterAlert, total)}) came after an alert.`;
}

function share(part: number, total: number): string {
  return total === 0 ? "–" : `${((100 * part) / total).toFixed(1)} %`;
}

interface FiguresProperties {
  readonly label: string;
  readonly first: string;
  readonly rows: readonly Exposure[];
  readonly measure: Measure;
}

function Figures({ label, first, rows, measure }: FiguresProperties) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section class="scrolls" aria-label={label} tabIndex={0}>
      <table class="figures">
        <thead>
          <tr>
            <th scope="col">{first}</th>
            <th scope="col">sessions</th>
            <th scope="col">with a loop</th>
            <th scope="col">{WORDS[measure]}</th>
            <th scope="col">in loops</th>
            <th scope="col">after an alert</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name ?? ""}>
              <th scope="row">
                <bdi>{row.name ?? "no task named"}</bdi>
              </th>
              <td>{count(row.sessions)}</td>
              <td>{count(row.looping)}</td>
              <Cells amount={row[measure]} sessions={row.sessions} write={WRITE[measure]} />
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface CellsProperties {
  readonly amount: Amount | undefined;
  readonly sessions: number;
  readonly write: (value: number) => string;
}

function Cells({ amount, sessions, write }: CellsProperties) {
  if (amount === undefined) {
    return (
      <td colSpan={3} class="quiet">
        not known
      </td>
    );
  }
  const { known, total, inLoops, afterAlert } = amount;
  return (
    <>
      <td>
        {write(total)}
        {known < sessions && <span class="quiet"> of {count(known)}</span>}
      </td>
      <td>
        {write(inLoops)} <span class="quiet">{share(inLoops, total)}</span>
      </td>
      <td>
        {write(afterAlert)} <span class="quiet">{share(afterAlert, total)}</span>
      </td>
    </>
  );
}
