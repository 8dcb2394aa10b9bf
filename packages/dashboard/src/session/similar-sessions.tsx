/** Sessions that are built like this one. */
import { useCallback } from "preact/hooks";
import { ago, count, money } from "../parts/format.ts";
import { comparePath, sessionPath } from "../parts/router.ts";
import { useAnswer } from "../parts/use-answer.ts";
import {
  listSimilar,
  type SimilarList,
  type SimilarSession,
} from "../server/compared/comparisons.ts";

export function SimilarSessions({ id }: { readonly id: string }) {
  const { answer, failure } = useAnswer(useCallback(() => listSimilar(id), [id]));
  return (
    <div role="status">
      {failure !== undefined && <p class="bad">{failure}</p>}
      {answer === undefined && failure === undefined && <p class="quiet">Comparing…</p>}
      {answer !== undefined && <Listed similar={answer} of={id} />}
    </div>
  );
}

function Listed({ similar, of }: { readonly similar: SimilarList; readonly of: string }) {
  const { isKnown, compared, ofWorkflow, isComplete, sessions } = similar;
  if (!isKnown) {
    return <p class="quiet">The structure of this session is not known: it is older than that.</p>;
  }
  if (sessions.length === 0) return <p class="quiet">There is no other session to compare with.</p>;
  return (
    <div class="told">
      <ol class="plain-list entries">
        {sessions.map((session) => (
          <Line key={session.id} session={session} of={of} />
        ))}
      </ol>
      <p class="quiet">
        Compared with {isComplete ? "all" : "the newest"} {count(compared)} sessions
        {ofWorkflow > 0 && `, ${count(ofWorkflow)} of them of this workflow`}: by operations and
        their order, tools, length and loops, not by what was said.
      </p>
    </div>
  );
}

function Line({ session, of }: { readonly session: SimilarSession; readonly of: string }) {
  const { id, title, steps, loops, resolved, costUsd, lastMs, distance, differs } = session;
  return (
    <li class="line">
      <b class="named-score" title="distance, from 0 (the same) to 1">
        {distance.toFixed(2)}
        <span class="hidden"> apart</span>
      </b>
      <a href={sessionPath(id)} title={id}>
        <bdi>{title}</bdi>
      </a>
      <span class="quiet">
        {differs.length === 0
          ? distance === 0
            ? "built the same"
            : "hardly differs"
          : `differs in ${differs.map(([part, apart]) => `${part} ${apart.toFixed(2)}`).join(", ")}`}
      </span>
      <span class="spread" />
      <span>{count(steps)} steps</span>
      {loops > 0 && (
        <span class="warn">
          {count(loops)} {loops === 1 ? "loop" : "loops"}
        </span>
      )}
      {resolved !== undefined && (
        <span class="quiet">{resolved ? "resolved" : "not resolved"}</span>
      )}
      {costUsd !== undefined && <span>{money(costUsd)}</span>}
      <span class="quiet">{ago(lastMs, Date.now())}</span>
      <a href={comparePath(of, id)}>
        compare<span class="hidden"> with {title}</span>
      </a>
    </li>
  );
}
