/** A client of bytes over TCP or a socket of this machine, to see what HTTP libraries hide. */
import { connect, type Socket } from "node:net";
import { onTestFinished } from "vitest";

export interface RawClient {
  readonly socket: Socket;
  /** All that came so far. */
  readonly received: () => string;
  /** Resolves once it holds the text. */
  readonly until: (text: string) => Promise<string>;
  readonly ended: Promise<string>;
}

export function rawClient(to: string): RawClient {
  const url = new URL(to);
  const socket =
    url.protocol === "http+unix:"
      ? connect(decodeURIComponent(url.hostname))
      : connect(Number(url.port), url.hostname.replace(/^\[|\]$/g, ""));
  onTestFinished(() => {
    socket.destroy();
  });
  let text = "";
  const waiting = new Set<() => void>();
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
    for (const look of waiting) look();
  });
  socket.on("error", () => {});
  const until = (wanted: string) =>
    new Promise<string>((resolve) => {
      const look = () => {
        if (text.includes(wanted)) resolve(text);
      };
      waiting.add(look);
      look();
    });
  const ended = new Promise<string>((resolve) => socket.on("close", () => resolve(text)));
  return { socket, received: () => text, until, ended };
}

/** What came, without the moment, and without where in the headers the end of the connection stands. */
export function timeless(text: string): string {
  return text.replace(/^(Date: .*|Connection: close)\r\n/gim, "");
}
