import { useCallback, useMemo, useState } from "preact/hooks";
import type { SessionHead } from "../server/answers.ts";
import type { Connection } from "../server/event-stream.ts";
import { Charts } from "./charts/charts.tsx";
import { Strip } from "./charts/strip.tsx";
import { Header, Legend } from "./header.tsx";
import { LoopList } from "./loop-list.tsx";
import { Proof } from "./proof.tsx";
import { RunTree } from "./run-tree.tsx";
import { Similar } from "./similar.tsx";
import { StepTable } from "./step-table.tsx";
import { type Trace, traceOf } from "./trace/trace.ts";
import { useSession } from "./trace/use-session.ts";

interface Properties {
  readonly id: string;
  readonly onConnection: (connection: Connection) => void;
}

/** One session: what it did, where it turned in circles, what it cost, and the proof. */
export function SessionPage({ id, onConnection }: Properties) {
  const { head, records, failure } = useSession(id, onConnection);
  const trace = useMemo(() => traceOf(records), [records]);
  if (failure !== undefined) {
    return (
      <main>
        <div class="panel empty" role="alert">
          <h1>This session cannot be shown</h1>
          <p class="quiet">{failure}</p>
          <div class="line">
            <button type="button" onClick={() => location.reload()}>
              Try again
            </button>
            <a href="/">All sessions</a>
          </div>
        </div>
      </main>
    );
  }
  if (head === undefined) {
    return (
      <main aria-busy="true">
        <div class="panel empty quiet" role="status">
          Loading the session…
        </div>
      </main>
    );
  }
  return <Opened head={head} trace={trace} />;
}

function Opened({ head, trace }: { readonly head: SessionHead; readonly trace: Trace }) {
  const [cursor, setCursor] = useState<number>();
  const [shown, setShown] = useState<{ readonly index: number }>();
  const { steps, recordOf } = trace;
  const pointed = cursor === undefined ? undefined : recordOf[cursor];
  const show = useCallback(
    (at: number) => {
      const index = recordOf[at];
      if (index !== undefined) setShown({ index });
    },
    [recordOf],
  );
  const { ended, isLooping } = head.row;
  // Where a loop stood at the end and nothing came since, there is none "now".
  const isOver = ended || (head.row.publicClass === "hard_alert" && !isLooping);
  // The cursor moves with every frame; what loops there are does not depend on it.
  const loops = useMemo(
    () => <LoopList trace={trace} isOver={isOver} onPick={show} />,
    [trace, isOver, show],
  );
  const point = (index: number) => {
    const at = recordOf.indexOf(index);
    if (at >= 0) setCursor(at);
  };
  return (
    <main>
      <section class="panel padded" aria-label="Steps">
        {steps.length === 0 ? (
          <p class="quiet">No step yet. The first call of the agent appears here by itself.</p>
        ) : (
          <Strip {...trace} cursor={cursor} onCursor={setCursor} onPick={show} />
        )}
        <Legend trace={trace} cursor={cursor} />
        <Header head={head} />
        {steps.length > 0 && loops}
      </section>
      {steps.length > 0 && <Charts trace={trace} cursor={cursor} onCursor={setCursor} />}
      <StepTable records={trace.records} pointed={pointed} shown={shown} onPoint={point} />
      <div class="halves">
        <Proof
          id={head.row.id}
          head={head.chainHead}
          root={head.root}
          size={head.size}
          receiptId={head.receiptId}
        />
        <RunTree records={trace.records} />
      </div>
      {steps.length > 0 && <Similar id={head.row.id} />}
    </main>
  );
}
