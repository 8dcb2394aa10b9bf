/** A server of bytes: does what its first argument says, without knowing any protocol. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, readFileSync, writeFileSync } from "node:fs";

const [mode, value = ""] = process.argv.slice(2);

const modes = {
  /** Sends every byte back. */
  echo: () => process.stdin.pipe(process.stdout),
  /** Writes what it received into a file: length and digest. */
  sink() {
    const hash = createHash("sha256");
    let length = 0;
    process.stdin.on("data", (chunk) => {
      hash.update(chunk);
      length += chunk.length;
    });
    process.stdin.on("end", () => process.stdout.write(`${length} ${hash.digest("hex")}\n`));
  },
  /** Says the bytes of a file, then waits for the end of its input. */
  say() {
    process.stdout.write(readFileSync(value));
    process.stdin.resume();
  },
  exit: () => process.exit(Number(value)),
  /** Writes many bytes and exits when they have left. */
  "exit-after": () => process.stdout.write(Buffer.alloc(Number(value)), () => process.exit(0)),
  signal() {
    process.kill(process.pid, value);
    setInterval(() => {}, 1_000);
  },
  stderr() {
    process.stderr.write(Buffer.from(value, "hex"));
    process.stdin.resume();
  },
  /** Ends its output and stays for a while. */
  "half-close"() {
    process.stdout.write("last words\n");
    closeSync(1);
    setTimeout(() => process.exit(5), Number(value));
  },
  /** Reads everything, speaks only when there is nothing more to read. */
  "answer-at-end"() {
    let length = 0;
    process.stdin.on("data", (chunk) => {
      length += chunk.length;
    });
    process.stdin.on("end", () => process.stdout.write(`${length} bytes\n`));
  },
  /** Tells which signal came and ends as if nothing had happened. */
  "on-signal"() {
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) {
      process.on(signal, () => process.stdout.write(`${signal}\n`, () => process.exit(9)));
    }
    process.stdout.write("ready\n");
    setInterval(() => {}, 1_000);
  },
  /** Cannot be ended by a signal that can be caught. */
  stubborn() {
    process.on("SIGTERM", () => process.stdout.write("no\n"));
    process.stdout.write("ready\n");
    setInterval(() => {}, 1_000);
  },
  /** Tells its surroundings. */
  surroundings() {
    const ours = Object.keys(process.env).filter((name) => name.startsWith("CAUM_"));
    const told = { ours, cwd: process.cwd(), words: process.argv.slice(3), x: process.env.X_KEPT };
    process.stdout.write(`${JSON.stringify(told)}\n`);
  },
  /** Leaves a process behind that holds its output. */
  "leave-behind"() {
    spawn("sleep", ["30"], { stdio: ["ignore", "inherit", "ignore"], detached: true }).unref();
    process.stdout.write("bye\n", () => process.exit(6));
  },
  /** Writes down that its input ended. */
  "note-end"() {
    process.stdout.write("ready\n");
    process.stdin.resume();
    process.stdin.on("end", () => writeFileSync(value, "ended"));
  },
};

modes[mode]();
