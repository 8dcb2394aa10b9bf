import { useCallback, useState } from "preact/hooks";
import { Regime } from "../parts/regime.tsx";
import { sessionPath } from "../parts/router.ts";
import { useAnswer } from "../parts/use-answer.ts";
import type { SessionRow } from "../server/answers.ts";
import { readRecords, readSession } from "../server/sessions.ts";
import { Strip } from "../session/charts/strip.tsx";
import { extended, type Trace, traceOf } from "../session/trace/trace.ts";

interface Opened {
  readonly row: SessionRow;
  readonly trace: Trace;
}

interface Properties {
  readonly a: string;
  readonly b: string;
}

/** The steps of both, one below the other, with one measure and one cursor. */
export function SessionStrips({ a, b }: Properties) {
  const [cursor, setCursor] = useState<number>();
  const ask = useCallback(() => Promise.all([open(a), open(b)]), [a, b]);
  const { answer, failure } = useAnswer(ask);
  if (failure !== undefined) return <p role="alert">{failure}</p>;
  if (answer === undefined) return <p class="quiet">Loading…</p>;
  const most = Math.max(...answer.map(({ trace }) => trace.steps.length));
  return (
    <>
      {answer.map(({ row, trace }, at) => (
        <div key={`${at} ${row.id}`}>
          <p class="line">
            <b>{at === 0 ? "A" : "B"}</b>
            <a href={sessionPath(row.id)}>
              <bdi>{row.title}</bdi>
            </a>
            <Regime regime={row.regime} />
          </p>
          {trace.steps.length > 0 && (
            <Strip {...trace} most={most} cursor={cursor} onCursor={setCursor} onPick={() => {}} />
          )}
        </div>
      ))}
      <p class="quiet">Both strips have one measure: a step stands below the step of its number.</p>
    </>
  );
}

async function open(id: string): Promise<Opened> {
  const { row } = await readSession(id);
  let records: Trace["records"] = [];
  for (let isLast = false; !isLast; ) {
    const page = await readRecords(id, records.length);
    isLast = page.isLast || page.records.length === 0;
    records = extended(records, page.records);
  }
  return { row, trace: traceOf(records) };
}
