import { useEffect } from "preact/hooks";
import { count } from "../parts/format.ts";
import { workflowPath } from "../parts/router.ts";
import { useAnswer } from "../parts/use-answer.ts";
import { listWorkflows, type Workflow } from "../server/workflows.ts";
import { gravityOf, StateMark, StateWords } from "./card-state.tsx";
import { Counts, OtherNames } from "./other-names.tsx";
import { RecurringLoops } from "./recurring.tsx";

const REFRESH_MS = 30_000;
const RECURRING_DAYS = 7;

const ofWorkflows = () => listWorkflows();

/** How every workflow stands, the gravest first. */
export function WorkflowsPage() {
  const { answer, failure, again } = useAnswer(ofWorkflows);
  useEffect(() => {
    // Nobody looks at a page in the background.
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") again();
    }, REFRESH_MS);
    return () => clearInterval(timer);
  }, [again]);
  return (
    <main aria-busy={answer === undefined && failure === undefined}>
      <h1>Workflows</h1>
      {failure !== undefined && (
        <div class="panel padded bad" role="alert">
          {failure}
        </div>
      )}
      {answer?.workflows.length === 0 && <Empty />}
      {answer !== undefined && answer.workflows.length > 0 && (
        <>
          <ul class="cards">
            {answer.workflows.toSorted(byGravity).map((workflow) => (
              <Card key={workflow.name} workflow={workflow} />
            ))}
          </ul>
          {!answer.isLast && (
            <p class="quiet">These are the first {count(answer.workflows.length)} by name.</p>
          )}
          <RecurringLoops days={RECURRING_DAYS} />
        </>
      )}
      {answer !== undefined && <OtherNames />}
    </main>
  );
}

/** Of equally grave ones the latest come first. */
function byGravity(one: Workflow, other: Workflow): number {
  const graver = gravityOf(other.card) - gravityOf(one.card);
  return graver || other.lastMs - one.lastMs;
}

function Card({ workflow }: { readonly workflow: Workflow }) {
  const { name, card } = workflow;
  return (
    <li class="panel padded card">
      <div class="line">
        <h2>
          <a href={workflowPath(name)}>
            <bdi>{name}</bdi>
          </a>
        </h2>
        <span class="spread" />
        <StateMark card={card} />
      </div>
      <p>
        <StateWords card={card} />
      </p>
      <Counts of={workflow} />
    </li>
  );
}

function Empty() {
  return (
    <div class="panel empty">
      <h2>No workflow is known yet</h2>
      <p class="quiet">
        Name the workflow of a session where it starts (<code>workflow</code>). Some seconds after
        its first session is over it appears here.
      </p>
      <a class="button first" href="/onboarding">
        Send the first event
      </a>
    </div>
  );
}
