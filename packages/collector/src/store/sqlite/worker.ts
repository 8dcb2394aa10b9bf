/** The writer's thread: whatever arrives while one group is committed is the next group. */
import {
  type MessagePort,
  parentPort,
  receiveMessageOnPort,
  workerData,
} from "node:worker_threads";
import { eventsIn, MAX_GROUP } from "../group.ts";
import { GroupWriter, type Job } from "./group-writer.ts";

/** What the main thread sends. */
export type ToWorker = { readonly jobs: readonly Job[] } | { readonly close: true };

if (parentPort) serve(parentPort, String(workerData));

function serve(port: MessagePort, path: string): void {
  const writer = new GroupWriter(path);
  port.on("message", (first: ToWorker) => {
    const { jobs, closes } = gather(port, first);
    if (jobs.length > 0) port.postMessage({ done: writer.commit(jobs) });
    if (!closes) return;
    writer.close();
    port.close();
  });
  port.postMessage({ ready: true });
}

function gather(port: MessagePort, first: ToWorker): { jobs: readonly Job[]; closes: boolean } {
  const jobs: Job[] = [];
  let size = 0;
  let message: ToWorker | undefined = first;
  while (message !== undefined) {
    if ("close" in message) return { jobs, closes: true };
    jobs.push(...message.jobs);
    for (const { intake } of message.jobs) size += eventsIn(intake);
    if (size >= MAX_GROUP) break;
    message = receiveMessageOnPort(port)?.message;
  }
  return { jobs, closes: false };
}
