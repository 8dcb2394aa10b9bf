/** Who the client says it is: once in `initialize`, since 2026-07-28 with everything it sends. */
import { fieldsOf, textOf } from "./fields.ts";
import type { Message } from "./message.ts";

const CLIENT_INFO = "io.modelcontextprotocol/clientInfo";
/** Qwen Code adds the server's name to its own; one client would look like many. */
const WITH_SERVER = /^(.+-mcp-client)-.+$/s;

/** Who is at the other end, as far as the protocol tells. */
export interface Identity {
  readonly clientName?: string;
  readonly clientVersion?: string;
}

export function clientInfoOf(message: Message): Identity | undefined {
  if (message.kind === "reply") return undefined;
  const info =
    message.method === "initialize"
      ? message.params.clientInfo
      : fieldsOf(message.params._meta)?.[CLIENT_INFO];
  const fields = fieldsOf(info);
  const clientName = textOf(fields?.name)?.replace(WITH_SERVER, "$1");
  const clientVersion = textOf(fields?.version);
  if (clientName === undefined) return undefined;
  return { clientName, ...(clientVersion === undefined ? {} : { clientVersion }) };
}
