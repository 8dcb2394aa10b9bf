/**
 * `npm start`: three agents behind the proxy, a collector with its dashboard, and the proof of it all.
 *
 * Stays up until Ctrl-C; with `--once` it ends after the verdict, with 1 when a proof does not hold.
 */
import { once } from "node:events";
import { parseArgs } from "node:util";
import { showEnding } from "./ending.ts";
import { openPlace, type Place } from "./place.ts";
import { playRound } from "./round.ts";

const ONCE_PAUSE_MS = 200;
/** Slow enough to open the link and see the rest happen. */
const WATCHED_PAUSE_MS = 800;
/** As shells say it of a process that Ctrl-C ended. */
const INTERRUPTED = 130;

const { values } = parseArgs({ options: { once: { type: "boolean" } } });
console.log("Three agents call a real MCP server through caum-mcp-proxy,");
console.log("which reports to a collector of this demo's own.");

const stopping = new AbortController();
const stopped = stopping.signal;
const ended = once(stopped, "abort");
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stopping.abort());
const place = await openPlace();
try {
  if (values.once) await playOnce(place);
  else await stayUp(place);
} finally {
  // After a failure, what still runs has nobody left to report to.
  stopping.abort();
  await place.collector.close();
}

async function playOnce(place: Place): Promise<void> {
  const played = await playRound(place, { number: 1, pauseMs: ONCE_PAUSE_MS, stopped });
  if (stopped.aborted) process.exitCode = INTERRUPTED;
  else if (!(await showEnding(place, played))) process.exitCode = 1;
}

/** Plays a round at once, and another one each time Enter is pressed. */
async function stayUp(place: Place): Promise<void> {
  for (let number = 1; !stopped.aborted; number++) {
    await showLink(place);
    const played = await playRound(place, { number, pauseMs: WATCHED_PAUSE_MS, stopped });
    if (stopped.aborted) break;
    await showEnding(place, played);
    await showLink(place);
    const again = process.stdin.isTTY ? "; Enter plays the agents again" : "";
    console.log(`\nThe collector stays up until Ctrl-C${again}.`);
    await enterPressed();
  }
  process.stdin.pause();
}

async function showLink({ collector }: Place): Promise<void> {
  console.log(`\n  dashboard  ${await collector.newSignInLink()}`);
  console.log("             opens once, within a minute; after that sign in with the API key");
  console.log(`  API key    ${collector.apiKey}`);
}

/** Resolves when Enter is pressed or the demo is to end; without a terminal nobody can press it. */
async function enterPressed(): Promise<void> {
  const pressed = process.stdin.isTTY ? [once(process.stdin, "data")] : [];
  if (!stopped.aborted) await Promise.race([ended, ...pressed]);
}
