/** All three agents at once, with each step printed when the collector has it. */
import { agents, type Call, play } from "./agents.ts";
import { endSession, type Place, recordAt, stepsFrom } from "./place.ts";
import { tableHead, tableRow, wrapped } from "./table.ts";
import { type WatchedSession, watchSessions } from "./watch.ts";

export interface Round {
  /** From 1 on; each round has sessions of its own, and the first one shows what a record is. */
  readonly number: number;
  /** Between two calls of an agent. */
  readonly pauseMs: number;
  /** Ends the round early. */
  readonly stopped: AbortSignal;
}

export async function playRound(place: Place, round: Round): Promise<readonly WatchedSession[]> {
  const { number, pauseMs, stopped } = round;
  const ofRound = number === 1 ? "" : `-${number}`;
  const sessions = agents.map(({ name }) => ({ agent: name, session: `demo-${name}${ofRound}` }));
  const colour = process.stdout.isTTY && !process.env.NO_COLOR;
  let example: { readonly call: Call; readonly answer: unknown } | undefined;
  console.log(`\n${tableHead()}`);
  const played = Promise.all(
    agents.map((agent, index) =>
      play(agent, place, {
        session: sessions[index]?.session ?? agent.name,
        pauseMs,
        stopped,
        onAnswer(call, answer) {
          if (agent.name === "helper") example ??= { call, answer };
        },
      }),
    ),
  ).then(() => {});
  const watched = await watchSessions(place, sessions, {
    played,
    stopped,
    async onStep({ agent, session }, step) {
      console.log(tableRow(agent, step, colour));
      if (number > 1 || agent !== "helper" || step.step !== 1) return;
      showWhatIsKept(
        { ...example?.call, answer: example?.answer },
        await recordAt(place, session, step.index),
      );
    },
  });
  return stopped.aborted ? watched : Promise.all(watched.map((one) => ended(place, one)));
}

/** Until somebody says that a session is over, its proof is one of an open session. */
async function ended(place: Place, watched: WatchedSession): Promise<WatchedSession> {
  const { agent, session, steps } = watched;
  await endSession(
    place,
    session,
    agents.some(({ name, succeeds }) => name === agent && succeeds),
  );
  return { ...watched, steps: [...steps, ...(await stepsFrom(place, session, steps.length))] };
}

/** One call beside its record, so that a person sees what stays and what does not. */
function showWhatIsKept(example: object, record: string): void {
  console.log("\n  what the agent sent and got (stays with the agent):");
  console.log(wrapped(JSON.stringify(example)));
  console.log("  what CAUM kept of it (this record, and nothing else):");
  console.log(`${wrapped(record)}\n`);
}
