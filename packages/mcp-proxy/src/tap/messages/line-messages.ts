/** The messages of a line; of one that was too long to be kept, from its outline. */
import type { Line } from "../../backlog/line-framer.ts";
import { OBJECT_START } from "../../backlog/structure.ts";
import { type CutValue, type Message, messagesOfText } from "./message.ts";

const NEWLINE = 0x0a;

/** Every message of a line: none when it is noise, several when it is a batch. */
export function messagesOf({ head, outline, isCut }: Line): readonly Message[] {
  if (!outline) return messagesOfText(head);
  const messages = messagesOfOutline(head, outline);
  return isCut ? messages.map((one) => (one.kind === "reply" ? { ...one, isCut } : one)) : messages;
}

/** @see relay/tapped/outline.ts */
function messagesOfOutline(head: Buffer, outline: Buffer): readonly Message[] {
  const end = outline.lastIndexOf(NEWLINE);
  const [start, behind] = outline
    .toString("latin1", end + 1)
    .split(" ")
    .map(Number);
  const messages = messagesOfText(outline.subarray(0, end));
  if (start === undefined || behind === undefined) return messages;
  const root = Math.max(0, head.indexOf(OBJECT_START));
  const cut = {
    head: head.subarray(root + start, root + behind),
    byteLength: behind - start,
  };
  return messages.map((message) => withCut(message, cut));
}

function withCut(message: Message, cut: CutValue): Message {
  return message.kind === "notification" || "errorCode" in message ? message : { ...message, cut };
}
