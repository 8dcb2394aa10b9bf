/** The thread that uploads: what it does, or how it dies, is not felt in the relay's event loop. */
import { parentPort, workerData } from "node:worker_threads";
import { openSpoolSender } from "@caum/core/machine";

/** What the recorder tells this thread. */
export type ToUploader = { readonly appended: string } | { readonly finishWithinMs: number };

/** What this thread tells the recorder. */
export type FromUploader = { readonly problem: string } | { readonly finished: true };

export interface UploaderFacts {
  readonly home: string;
  readonly version: string;
}

// True because the uploader starts this thread with these facts.
const { home, version } = workerData as UploaderFacts;
const tell = (message: FromUploader) => parentPort?.postMessage(message);

const sender = openSpoolSender({
  arguments: { home },
  agent: `caum-mcp-proxy/${version}`,
  onProblem: ({ message }) => tell({ problem: message }),
});

// An upload that is waiting for its time must not end this thread.
parentPort?.on("message", async (message: ToUploader) => {
  if ("appended" in message) {
    sender?.appended(message.appended);
    return;
  }
  await sender?.finish(message.finishWithinMs);
  tell({ finished: true });
  parentPort?.close();
});
