/** Where a server behind the relay ends in another way than alone; docs/commands.md says why. */
import { type Came, type End, nameOf, type SERVERS } from "./ends.ts";

/**
 * Nobody can pass SIGKILL on. The server sees the end of its input, and is ended when it stays.
 */
const AFTER_SIGKILL: Readonly<Record<(typeof SERVERS)[number], readonly string[]>> = {
  "cleans-up": ["clean", "end of input"],
  ignores: ["end of input"],
  "watches-parent": ["end of input", "orphan"],
};

/** What has to come behind the relay of an end that came so without it. */
export function expectedOf(server: (typeof SERVERS)[number], end: End, alone: Came): Came {
  const isKilled = nameOf(end) === "SIGKILL to the server";
  return isKilled ? { ...alone, noted: AFTER_SIGKILL[server] } : alone;
}
