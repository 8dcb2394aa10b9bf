/** An agent that runs the same failing command again and again, and what it is told. */
import { type CollectorPlace, type LiveAnswer, LiveSession } from "./live-session.ts";

/** A loop of one call is told long before this. */
const RETRIES = 8;
const WORK = ["read_file", "search", "edit_file"];

export interface LoopStep {
  readonly event: Readonly<Record<string, string>>;
  readonly answer: LiveAnswer;
}

export interface RetryLoop {
  readonly sessionId: string;
  readonly dashboardUrl: string;
  readonly steps: readonly LoopStep[];
}

/** Some work first, then the loop. @throws {CollectorError} */
export async function retryLoop(
  place: CollectorPlace,
  onStep: (step: LoopStep) => void = () => undefined,
): Promise<RetryLoop> {
  const session = await LiveSession.start(place, "controlled-retry-loop");
  const work = WORK.map((tool, index) => ({ tool, status: "ok", state_id: `state-${index}` }));
  const again = Array.from({ length: RETRIES }, () => ({
    tool: "run_tests",
    status: "error",
    state_id: "state-stuck",
  }));
  const steps: LoopStep[] = [];
  for (const event of [...work, ...again]) {
    const step = { event, answer: await session.send(event) };
    steps.push(step);
    onStep(step);
  }
  return { sessionId: session.id, dashboardUrl: session.dashboardUrl, steps };
}

/** What must hold of every answer, whatever it says of the session. */
export function isObserveOnly({ coordination, evidence_grade: grade }: LiveAnswer): boolean {
  return (
    coordination.decision === "observe_only" &&
    coordination.allowed_to_block === false &&
    grade.allowed_to_block === false &&
    grade.raw_content_used === false
  );
}
