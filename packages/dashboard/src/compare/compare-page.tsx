import { useCallback, useState } from "preact/hooks";
import { useAddress } from "../parts/address.ts";
import { useAnswer } from "../parts/use-answer.ts";
import { readRecords, readSession } from "../server/sessions.ts";
import { extended, type Trace, traceOf } from "../session/trace/trace.ts";
import { Compared, type Opened } from "./compared.tsx";

/** Two sessions beside each other: what differs in steps, tools, order, loops, cost and time. */
export function ComparePage() {
  const { query, change } = useAddress();
  const [one, other] = [query.get("a") ?? "", query.get("b") ?? ""];
  const ask = useCallback(async () => {
    if (one === "" || other === "") return undefined;
    return Promise.all([open(one), open(other)]);
  }, [one, other]);
  const { answer, failure, isLoading } = useAnswer(ask);
  return (
    <main aria-busy={isLoading}>
      <h1>Compare two sessions</h1>
      <Fields key={`${one} ${other}`} one={one} other={other} onSubmit={change} />
      {failure !== undefined && (
        <div class="panel padded bad" role="alert">
          {failure}
        </div>
      )}
      {failure === undefined && answer !== undefined && (
        <Compared one={answer[0]} other={answer[1]} />
      )}
    </main>
  );
}

async function open(id: string): Promise<Opened> {
  const head = await readSession(id);
  return { row: head.row, trace: await readTrace(id) };
}

async function readTrace(id: string): Promise<Trace> {
  let records: Trace["records"] = [];
  for (let isLast = false; !isLast; ) {
    const page = await readRecords(id, records.length);
    isLast = page.isLast || page.records.length === 0;
    records = extended(records, page.records);
  }
  return traceOf(records);
}

interface FieldsProperties {
  readonly one: string;
  readonly other: string;
  readonly onSubmit: (ids: { readonly a: string; readonly b: string }) => void;
}

function Fields({ one, other, onSubmit }: FieldsProperties) {
  const [a, setA] = useState(one);
  const [b, setB] = useState(other);
  const submit = (event: Event) => {
    event.preventDefault();
    onSubmit({ a: a.trim(), b: b.trim() });
  };
  return (
    <form class="line" onSubmit={submit}>
      <input
        aria-label="First session"
        placeholder="First session"
        required
        value={a}
        onInput={({ currentTarget: { value } }) => setA(value)}
      />
      <input
        aria-label="Second session"
        placeholder="Second session"
        required
        value={b}
        onInput={({ currentTarget: { value } }) => setB(value)}
      />
      <button type="submit" class="first">
        Compare
      </button>
    </form>
  );
}
