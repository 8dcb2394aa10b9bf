/** A name server on the loopback for tests: answers that there is no such name, or nothing. */
import { createSocket } from "node:dgram";
import { once } from "node:events";

const A = 1;
const AAAA = 28;
/** An answer, recursion available, no such name (RFC 1035, section 4.1.1). */
const NO_SUCH_NAME = 0x8183;

export interface NameServer {
  /** `address:port` */
  readonly address: string;
  /** Names that were asked for. */
  readonly questions: readonly string[];
  close(): void;
}

/** @param answers the kinds of questions that are answered; the others are not */
export async function startNameServer(...answers: readonly ("A" | "AAAA")[]): Promise<NameServer> {
  const kinds: readonly number[] = answers.map((answer) => (answer === "A" ? A : AAAA));
  const questions: string[] = [];
  const socket = createSocket("udp4");
  socket.on("message", (query, { port, address }) => {
    const { name, kind } = questionOf(query);
    questions.push(name);
    if (!kinds.includes(kind)) return;
    const answer = Buffer.from(query);
    answer.writeUInt16BE(NO_SUCH_NAME, 2);
    socket.send(answer, port, address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return {
    address: `127.0.0.1:${socket.address().port}`,
    questions,
    close: () => socket.close(),
  };
}

function questionOf(query: Buffer): { readonly name: string; readonly kind: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join("."), kind: query.readUInt16BE(at + 1) };
}
