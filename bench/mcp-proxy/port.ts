/** Processes that listen on a port. */
import { type ChildProcess, spawn } from "node:child_process";
import { connect, createServer } from "node:net";

export interface Listening {
  readonly child: ChildProcess;
  readonly port: number;
}

/** Starts a process and waits until it tells its port, alone or in a URL. */
export async function startListening(command: readonly string[]): Promise<Listening> {
  const [file = "", ...words] = command;
  const child = spawn(file, words, { stdio: ["ignore", "pipe", "pipe"] });
  const port = await new Promise<number>((resolve) => {
    const read = (chunk: Buffer) => {
      const match = /(?:127\.0\.0\.1:)?(\d{4,5})/.exec(String(chunk));
      if (match) resolve(Number(match[1]));
    };
    child.stdout.on("data", read);
    child.stderr.on("data", read);
  });
  return { child, port };
}

/** A port that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/** Resolves when somebody answers at the port. */
export async function untilListening(port: number): Promise<void> {
  const answers = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1");
      socket.on("connect", () => socket.destroy());
      socket.on("error", () => resolve(false));
      socket.on("close", (hadError) => resolve(!hadError));
    });
  while (!(await answers())) await new Promise((resolve) => setTimeout(resolve, 20));
}
