import { useCallback, useMemo, useState } from "preact/hooks";
import { numberIn, useAddress } from "../parts/address.ts";
import type { SessionHead } from "../server/answers.ts";
import type { Connection } from "../server/event-stream.ts";
import { Charts } from "./charts/charts.tsx";
import { Lanes } from "./charts/lanes.tsx";
import { Strip } from "./charts/strip.tsx";
import { Header, Legend } from "./header.tsx";
import { LoopList } from "./loop-list.tsx";
import { Proof } from "./proof.tsx";
import { Records } from "./records.tsx";
import { RunTree } from "./run-tree.tsx";
import { SelectedStep } from "./selected-step.tsx";
import { Similar } from "./similar.tsx";
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
  const { query, change } = useAddress();
  const [cursor, setCursor] = useState<number>();
  const { steps, recordOf } = trace;
  const at = placeIn(query, steps.length);
  const selected = at === undefined ? undefined : recordOf[at];
  const shown = useMemo(
    () => (selected === undefined ? undefined : { index: selected }),
    [selected],
  );
  const select = useCallback((place: number) => change({ step: String(place + 1) }), [change]);
  const { ended, isLooping } = head.row;
  // Where a loop stood at the end and nothing came since, there is none "now".
  const isOver = ended || (head.row.publicClass === "hard_alert" && !isLooping);
  // The cursor moves with every frame; what loops and lanes there are does not depend on it.
  const loops = useMemo(
    () => <LoopList trace={trace} isOver={isOver} onPick={select} />,
    [trace, isOver, select],
  );
  const lanes = useMemo(() => <Lanes trace={trace} />, [trace]);
  return (
    <main>
      <section class="panel padded" aria-label="Steps">
        {steps.length === 0 ? (
          <p class="quiet">No step yet. The first call of the agent appears here by itself.</p>
        ) : (
          <Strip {...trace} cursor={cursor ?? at} onCursor={setCursor} onPick={select} />
        )}
        {steps.length > 0 && lanes}
        <Legend trace={trace} cursor={cursor} />
        {at !== undefined && (
          <SelectedStep trace={trace} at={at} onClose={() => change({ step: undefined })} />
        )}
        <Header head={head} />
        {steps.length > 0 && loops}
      </section>
      {steps.length > 0 && <Charts trace={trace} cursor={cursor ?? at} onCursor={setCursor} />}
      <Records
        trace={trace}
        at={at}
        pointed={cursor === undefined ? undefined : recordOf[cursor]}
        shown={shown}
        onCursor={setCursor}
        onSelect={select}
      />
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

/** The place of the step that the address names. */
function placeIn(query: URLSearchParams, steps: number): number | undefined {
  const step = numberIn(query, "step");
  return step !== undefined && step <= steps ? step - 1 : undefined;
}
