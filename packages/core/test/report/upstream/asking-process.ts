/**
 * A process that asks a collector and then has nothing more to do:
 * `node asking-process.ts URL NAME_SERVER BODY_BYTES HOW`. All limits of the request are minutes, so
 * that only the end of the process can be what cuts it short.
 */
import { randomBytes } from "node:crypto";
import { createHttpTransport } from "../../../src/report/upstream/http-transport.ts";

const [url = "", nameServer = "", bodyBytes = "0", how = "fall-off"] = process.argv.slice(2);
const MINUTES_MS = 120_000;

const transport = createHttpTransport({
  timeoutMs: MINUTES_MS,
  connectTimeoutMs: MINUTES_MS,
  names: { nameServers: [nameServer], hostsFile: "/nonexistent", silentAfterMs: MINUTES_MS },
});
const body = randomBytes(Number(bodyBytes)).toString("base64");
transport({ method: "POST", url: new URL(url), headers: {}, body }).catch(() => undefined);
// Standard output as a pipe that was used is among what Node lists as active.
process.stdout.write("asked\n");
setTimeout(() => {
  process.stdout.write("done\n");
  if (how === "exit") process.exit(0);
}, 300);
