/** What a server says before its answer: 100 to a client that waits with its body, 103 and others. */
import {
  type ClientRequest,
  type IncomingMessage,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import { hasHeader } from "./raw-headers.ts";

/** Whether the client waits with its body until the server says so. */
export function isExpecting({ rawHeaders }: IncomingMessage): boolean {
  return hasHeader(rawHeaders, "expect");
}

export function passInterim(
  request: IncomingMessage,
  outgoing: ClientRequest,
  response: ServerResponse,
): void {
  // The client sends its body only when the server has seen the headers.
  if (isExpecting(request)) outgoing.flushHeaders();
  // HTTP/1.0 knows no such answers.
  if (request.httpVersionMinor === 0) return;
  outgoing.on("information", ({ statusCode, statusMessage, rawHeaders }) => {
    if (response.headersSent || !response.socket) return;
    const lines = [`HTTP/1.1 ${statusCode} ${statusMessage || (STATUS_CODES[statusCode] ?? "")}`];
    for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
      lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
    }
    // Node has no way to write the headers of an interim answer as they are.
    response.socket.write(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
  });
}
