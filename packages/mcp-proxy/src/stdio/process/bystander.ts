/**
 * A shell beside us in the process group. A signal tells nobody whether it was sent to one process or
 * to the group; but what the shell hears as well was sent to the group, and the server has it
 * already. And the shell outlives us: a server whose relay was killed is not left behind.
 */
import { type ChildProcess, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";

/** Told first by the shell, then looked up for the signal that reached us. */
export const HEARD = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR1", "SIGUSR2"] as const;
export type Heard = (typeof HEARD)[number];

/**
 * Lines come in: `?` asks for a dot behind all that was heard so far, `gone` says that the client is.
 * An end without a word is our death. The server has then seen the end of its input. Steps are those
 * of the official clients: two seconds, SIGTERM, two seconds, SIGKILL.
 *
 * A `read` that a signal interrupts fails like one at the end of the input: only one that fails
 * without a signal is the end.
 */
const SCRIPT = `trap '' PIPE
${HEARD.map((name) => `trap 'got=1; echo ${name}' ${name.slice(3)}`).join("\n")}
wait_for() {
  left=$1
  while [ "$left" -gt 0 ]; do
    kill -0 "$server" || exit 0
    sleep 0.1 || sleep 1
    left=$((left - 1))
  done
}
server=$1
while :; do
  got=
  if read -r word; then
    [ "$word" = gone ] && break
    echo .
  elif [ -z "$got" ]; then
    wait_for 5
    kill -KILL "$server"
    exit 0
  fi
done
wait_for 20
kill -TERM "$server"
wait_for 20
kill -KILL "$server"`;

/** A shell that was stopped or has too much to do is not waited for. */
const ANSWER_WITHIN_MS = 250;
/** What the shell heard and we did not belongs to no later signal. */
const FORGET_AFTER_MS = 1_000;
/** A signal that comes before the shell has read its script ends it; another one is started. */
const MAX_STARTS = 3;

type Shell = ChildProcess & { readonly stdin: Writable; readonly stdout: Readable };

interface Question {
  readonly signal: Heard;
  readonly answer: (wasSentToGroup: boolean) => void;
}

export class Bystander {
  readonly #serverPid: number;
  #shell: Shell | undefined;
  #starts = 0;
  #unread = "";
  #heard: { readonly signal: string; readonly at: number }[] = [];
  #questions: Question[] = [];

  constructor(serverPid: number) {
    this.#serverPid = serverPid;
  }

  /** Starting it takes as long as starting the server: it comes when nobody waits for that. */
  start(): void {
    if (this.#starts === 0) this.#start();
  }

  /** Whether this signal, which reached us just now, was sent to the group. */
  wasSentToGroup(signal: Heard): Promise<boolean> {
    this.start();
    const shell = this.#shell;
    if (!shell) return Promise.resolve(this.#take(signal));
    return new Promise((answer) => {
      this.#questions.push({ signal, answer });
      shell.stdin.write("?\n");
      setTimeout(answer, ANSWER_WITHIN_MS, false);
    });
  }

  /** The client is gone, and we go too: the shell ends a server that stays. */
  takeOver(): void {
    this.start();
    this.#starts = MAX_STARTS;
    this.#shell?.stdin.write("gone\n");
  }

  /** The server has ended: nobody is watched any more. */
  dismiss(): void {
    this.#starts = MAX_STARTS;
    this.#shell?.kill("SIGKILL");
  }

  #start(): void {
    this.#starts++;
    const words = ["-c", SCRIPT, "caum-mcp-proxy", String(this.#serverPid)];
    // True because both are pipes.
    const shell = spawn("/bin/sh", words, { stdio: ["pipe", "pipe", "ignore"] }) as Shell;
    this.#shell = shell;
    shell.stdin.on("error", () => {});
    shell.stdout.on("data", (text: Buffer) => this.#read(text.toString("latin1")));
    shell.on("error", () => this.#ended(null));
    shell.on("close", (_code, signal) => this.#ended(signal));
    // True because Node's pipes are sockets, which can be let go of.
    for (const part of [shell, shell.stdin, shell.stdout]) (part as unknown as Held).unref();
  }

  #read(text: string): void {
    const lines = (this.#unread + text).split("\n");
    this.#unread = lines.pop() ?? "";
    for (const line of lines) {
      if (line === ".") this.#answer();
      else this.#heard.push({ signal: line, at: performance.now() });
    }
  }

  #answer(): void {
    const question = this.#questions.shift();
    question?.answer(this.#take(question.signal));
  }

  /** A signal that ended the shell was meant for the group. */
  #ended(signal: NodeJS.Signals | null): void {
    this.#shell = undefined;
    this.#unread = "";
    if (signal) this.#heard.push({ signal, at: performance.now() });
    while (this.#questions.length > 0) this.#answer();
    if (this.#starts < MAX_STARTS) this.#start();
  }

  #take(signal: string): boolean {
    const oldest = performance.now() - FORGET_AFTER_MS;
    this.#heard = this.#heard.filter(({ at }) => at >= oldest);
    const index = this.#heard.findIndex((heard) => heard.signal === signal);
    if (index < 0) return false;
    this.#heard.splice(index, 1);
    return true;
  }
}

interface Held {
  unref(): void;
}
