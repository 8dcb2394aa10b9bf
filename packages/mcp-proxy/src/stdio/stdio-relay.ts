/** Joins client and server: bytes both ways, then the server's end becomes ours. */
import { Socket } from "node:net";
import { constants } from "node:os";
import type { Writable } from "node:stream";
import type { ProxyOptions } from "../command/command-line.ts";
import { say } from "../command/say.ts";
import { Bystander } from "./process/bystander.ts";
import { whenClientIsGone } from "./process/client-watch.ts";
import type { ServerProcess } from "./process/server-process.ts";
import { passSignalsOn, SIGNAL_EXIT_BASE } from "./process/signals.ts";
import { type Flow, pump } from "./pump.ts";
import { clientInput, isPipe, serverOutput } from "./source.ts";
import { StdioTap } from "./stdio-tap.ts";

const CANNOT_START_EXIT_CODE = 127;
/** A process that the server left behind may hold its stdout open; it may stay silent this long. */
const LEFT_BEHIND_SILENCE_MS = 1_000;
/** What the tap may take to write down the rest once the server is gone. */
const CLOSE_WITHIN_MS = 2_000;
const CLOSE_AFTER_SIGNAL_WITHIN_MS = 200;
/** What the server has not taken of a client's last words when the client is gone. */
const LAST_WORDS_WITHIN_MS = 500;
const STDOUT = 1;

export interface StdioRequest {
  readonly command: string;
  readonly args: readonly string[];
  readonly options: ProxyOptions;
}

export function relayStdio(server: ServerProcess, request: StdioRequest): void {
  const output = clientOutput();
  const outputEnd = endOf(output);
  const tap = new StdioTap(request.options, [request.command, ...request.args].join(" "));
  const requests = pump(clientInput(), server.stdin, tap.toServer);
  const replies = pump(serverOutput(server.stdout), output, tap.toClient);
  replies.source.on("close", () => output.end());
  // A server that closed its stdin must not look like one that listens.
  server.stdin.on("close", () => requests.source.destroy());
  // Windows has neither groups nor signals.
  const hasGroup = server.pid !== undefined && process.platform !== "win32";
  const bystander = hasGroup ? new Bystander(server.pid) : undefined;
  const signals = passSignalsOn(server, bystander, tap.signalled);
  // Before anything passes: who signals because of what the server said is heard.
  bystander?.start();
  whenClientIsGone(requests.source, () => leave(server, bystander, tap));

  server.on("error", (problem: NodeJS.ErrnoException) => {
    if (server.pid !== undefined) return;
    say(`cannot start ${request.command}: ${problem.code ?? "unknown error"}`);
    process.exit(CANNOT_START_EXIT_CODE);
  });
  server.on("exit", async (code, signal) => {
    bystander?.dismiss();
    endWhenSilent(replies);
    await outputEnd;
    await tap.close(signals.received ? CLOSE_AFTER_SIGNAL_WITHIN_MS : CLOSE_WITHIN_MS);
    endLike(code, signal);
  });
}

/**
 * The client is gone: the server sees at once what it would see without us, that its parent is
 * another one and that nobody reads what it says.
 */
function leave(server: ServerProcess, bystander: Bystander | undefined, tap: StdioTap): void {
  bystander?.takeOver();
  tap.interrupt();
  const go = () => process.exit(0);
  if (server.stdin.writableFinished || server.stdin.destroyed) setImmediate(go);
  server.stdin.once("close", go);
  setTimeout(go, LAST_WORDS_WITHIN_MS);
}

/** Our stdout as a stream that neither blocks the other direction nor stays open after `end`. */
function clientOutput(): Writable {
  return isPipe(STDOUT)
    ? new Socket({ fd: STDOUT, readable: false, writable: true })
    : process.stdout;
}

/** Resolves when nothing more can reach the client. */
function endOf(output: Writable): Promise<void> {
  return new Promise((resolve) => {
    // The process's own stdout never closes; a socket has sent all only when it does.
    if (output === process.stdout) output.on("finish", resolve);
    output.on("close", resolve);
    output.on("error", resolve);
  });
}

/**
 * Once the server is gone, what it left behind may hold its stdout open, but not for ever. A slow
 * client is no silence.
 */
function endWhenSilent(replies: Flow): void {
  let passes = replies.passes;
  setInterval(() => {
    if (passes === replies.passes && !replies.isHeld) replies.source.destroy();
    passes = replies.passes;
  }, LEFT_BEHIND_SILENCE_MS);
}

/** Ends this process the way the server ended. */
function endLike(code: number | null, signal: NodeJS.Signals | null): void {
  if (signal === null) process.exit(code ?? 0);
  const end = SIGNAL_EXIT_BASE + constants.signals[signal];
  if (process.platform === "win32") process.exit(end);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  // Some signals are ignored by default; the server died of it all the same.
  setTimeout(() => process.exit(end), LEFT_BEHIND_SILENCE_MS);
}
