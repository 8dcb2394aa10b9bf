/** The thread that sends: the packages of OpenTelemetry are loaded here and nowhere else. */
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import type { FromThread, ThreadFacts, ToThread } from "../messages.ts";
import { Instruments } from "./instruments.ts";
import { openSdk, type Sdk } from "./sdk.ts";
import { SessionBook } from "./session-book.ts";

/** How often sessions that fell silent are looked for. */
const SWEEP_MS = 30_000;

/** What arrives meanwhile waits in the port. */
async function serve(port: MessagePort, facts: ThreadFacts): Promise<void> {
  const tell = (message: FromThread) => port.postMessage(message);
  const sdk = await openSdk(facts, (tally) => tell({ tally: { ...tally } }));
  const book = new SessionBook(sdk.tracer, sdk.sessionIds, new Instruments(sdk.meter));
  setInterval(() => book.endSilent(Date.now()), SWEEP_MS);
  port.on("message", (message: ToThread) => void take(message, port, sdk, book));
}

async function take(
  { emissions, then }: ToThread,
  port: MessagePort,
  sdk: Sdk,
  book: SessionBook,
): Promise<void> {
  for (const emission of emissions) {
    try {
      book.take(emission);
    } catch {
      sdk.tally.dropped += 1;
    }
  }
  const answer = (more: Partial<FromThread>) => {
    port.postMessage({ tally: { ...sdk.tally }, ...more } satisfies FromThread);
  };
  answer({ taken: true });
  if (then === undefined) return;
  if (then === "close") book.endAll();
  await sdk.flush();
  answer({ done: then });
}

// True because the emitter starts this thread with these facts.
if (parentPort) void serve(parentPort, workerData as ThreadFacts);
